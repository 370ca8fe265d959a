// A list is streamed: however long it or a line of it is, no large piece of memory is asked for. Every allocation of
// the process goes through here, so that a buffer that grows with the list cannot hide.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include "inbox/inbox_support.hpp"

namespace {

std::atomic<std::size_t> largest{0};

void* take(std::size_t size) {
  for (std::size_t seen = largest; seen < size && !largest.compare_exchange_weak(seen, size);) {
  }
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace gannet::inbox {
namespace {

using namespace test;

constexpr std::size_t little = 4 << 20;

class ListMemory : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(ListMemory, LineOfAHundredMegabytesIsOneFault) {
  for (const char* name : {"a.txt", "a.csv", "a.jsonl"}) {
    const auto file = folder_.path() / name;
    write_compressed(file, std::string(1 << 20, 'x'), Compression::gzip, 100);
    const auto head = read_file(write_compressed(folder_.path() / "head", "{\"url\":\"y\"}\n", Compression::gzip));
    const auto csv_head = read_file(write_compressed(folder_.path() / "head", "url\n", Compression::gzip));
    const auto tail = read_file(write_compressed(folder_.path() / "tail", "\n{\"url\":\"z\"}\n", Compression::gzip));
    write_file(file, (file.extension() == ".csv" ? csv_head : head) + read_file(file) + tail);

    largest = 0;
    const auto list = read_all(file);
    EXPECT_LT(largest, little) << name;
    ASSERT_GE(list.rows.size(), 2u);
    const Row& faulty = list.rows[list.rows.size() - 2];
    EXPECT_EQ(faulty.detail, "longer than 1048576 bytes");
    EXPECT_EQ(faulty.url, std::string(200, 'x'));
    EXPECT_EQ(faulty.line, 2u);
    EXPECT_EQ(list.rows.back().line, 3u);
  }
}

TEST_F(ListMemory, AMillionLinesNeedNoLargeBuffer) {
  const auto file =
      write_compressed(folder_.path() / "a.txt", "https://a.example/some/picture.jpg\n", Compression::gzip, 1000000);
  auto list = open_list(file, {});
  ASSERT_TRUE(list);
  std::vector<Row> rows;
  std::uint64_t count = 0;
  largest = 0;
  for (bool more = true; more;) {
    more = *(*list)->read(rows, 1000);
    count += rows.size();
    rows.clear();
  }
  EXPECT_EQ(count, 1000000u);
  EXPECT_LT(largest, little);
}

}  // namespace
}  // namespace gannet::inbox
