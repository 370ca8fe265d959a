// The store, lost at every step of its work: what is on the disk after each is copied, and recovered from. Torn
// journals are tested with the journal.
#include "store/job_folder.hpp"
#include "store/store_fixture.hpp"

namespace gannet::store {
namespace {

namespace fs = std::filesystem;

using gannet::test::read_file;
using test::StoreTest;

// Copies the root after each step.
class Witness final : public ImageStore {
 public:
  explicit Witness(const Layout& layout) : layout_(layout), files_(make_file_store(layout, {.sync = Sync::none})) {}

  Result<std::string> stage(std::string_view bytes) override { return then_copy(files_->stage(bytes)); }
  Result<void> sync_staged() override { return then_copy(files_->sync_staged()); }
  Result<void> publish(const std::string& staging, const std::string& path) override {
    return then_copy(files_->publish(staging, path));
  }
  Result<void> probe(const std::string& folder) override { return files_->probe(folder); }
  Result<void> sync_published() override { return then_copy(files_->sync_published()); }
  bool has(const std::string& path, std::uint64_t bytes) const override { return files_->has(path, bytes); }
  void discard(const std::string& staging) override { files_->discard(staging); }

  void copy() {
    const auto to = layout_.root / "copies" / std::to_string(copies++);
    for (const auto* part : {"active", "images", "state"}) {
      fs::create_directories(to / part);
      fs::copy(layout_.root / part, to / part, fs::copy_options::recursive);
    }
  }

  unsigned copies = 0;

 private:
  template <class T>
  T then_copy(T result) {
    copy();
    return result;
  }

  Layout layout_;
  std::unique_ptr<ImageStore> files_;
};

class Crash : public StoreTest {
 protected:
  // What recovery finds there, after checking that books and files agree.
  std::set<std::uint64_t> recovered_from(const Layout& copy) {
    Job job = job_of(1);
    job.folder = copy.active() / job.id;
    make_file_store(copy, {});
    EXPECT_TRUE(gannet::test::files_below(copy.staging()).empty());
    EXPECT_TRUE(recover(copy, job));
    std::set<std::uint64_t> lines;
    std::set<fs::path> vouched;
    EXPECT_TRUE(replay(job.journal(), [&](const Record& record) {
      EXPECT_TRUE(lines.insert(record.line).second) << "two records for line " << record.line;
      if (record.outcome != Outcome::ok) return;
      EXPECT_EQ(read_file(copy.root / record.path), bytes_of(record.line));
      vouched.insert(copy.root / record.path);
    }));
    for (const auto& entry : fs::recursive_directory_iterator(copy.images())) {
      EXPECT_TRUE(entry.is_directory() || vouched.contains(entry.path())) << entry.path();
    }
    return lines;
  }
};

TEST_F(Crash, LeavesBooksThatBalanceWheneverItHappens) {
  Witness images(layout);
  const Job job = job_of(1);
  {
    DiskGate gate(layout.root, 0, {[] { return Result<void>(); }, [] {}});
    Committer committer(images, gate, {.sync = Sync::batch, .sync_interval = 1h}, ear());
    committer.open(job);
    for (std::uint64_t group = 0; group < 3; ++group) {
      for (std::uint64_t line = group * 3 + 1; line <= group * 3 + 2; ++line) {
        committer.post({record_of(1, line), images.stage(bytes_of(line)).value(), line - 1, "jpg"});
      }
      committer.post({record_of(1, group * 3 + 3, Reason::reset), {}, 0, {}});
      committer.flush();
      ASSERT_TRUE(wait_for_records(group * 3 + 3));
      images.copy();
    }
  }
  std::size_t before = 0;
  std::set<std::size_t> sizes;
  for (unsigned step = 0; step < images.copies; ++step) {
    SCOPED_TRACE(step);
    const auto lines = recovered_from(Layout{layout.root / "copies" / std::to_string(step)});
    EXPECT_GE(lines.size(), before) << "what was durable stays";
    before = lines.size();
    sizes.insert(before);
  }
  EXPECT_EQ(sizes, (std::set<std::size_t>{0, 3, 6, 9}));
}

}  // namespace
}  // namespace gannet::store
