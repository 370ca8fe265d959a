#include "inbox/named_list.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "inbox/byte_source.hpp"
#include "inbox/list_name.hpp"

namespace gannet::inbox {
namespace {

namespace fs = std::filesystem;

Fault refused(const fs::path& path, const std::string& why) {
  return {Reason::bad_url, "list: " + for_people(path) + ' ' + why};
}

std::string all_of(const std::vector<fs::path>& roots) {
  std::string all;
  for (const auto& root : roots) all += (all.empty() ? "" : ", ") + for_people(root);
  return all;
}

// The path below the root, or an empty one.
fs::path below(const fs::path& root, const fs::path& path) {
  auto [rest_of_root, rest] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  if (rest_of_root != root.end() && !rest_of_root->empty()) return {};  // "/srv/" ends with an empty name
  fs::path relative;
  for (; rest != path.end(); ++rest) relative /= *rest;
  return relative;
}

// -1 and errno when it cannot be opened.
Descriptor open_below(const fs::path& root, const fs::path& relative) {
  const Descriptor folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return Descriptor();
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;  // a FIFO would hang us here
  // Below "/" is everything, and absolute links are as good as others.
  how.resolve = RESOLVE_NO_MAGICLINKS | (root == root.root_path() ? 0ULL : RESOLVE_BENEATH);
  return Descriptor(static_cast<int>(::syscall(SYS_openat2, folder.get(), relative.c_str(), &how, sizeof how)));
}

std::string state_of(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return {};
  return std::to_string(status.st_ino) + '-' + std::to_string(status.st_size) + '-' +
         std::to_string(status.st_mtim.tv_sec) + '.' + std::to_string(status.st_mtim.tv_nsec);
}

class WatchedList final : public RowSource {
 public:
  WatchedList(NamedList list, std::unique_ptr<RowSource> rows) : list_(std::move(list)), rows_(std::move(rows)) {}

  Result<bool> read(std::vector<Row>& rows, std::size_t most) override {
    const auto before = static_cast<std::ptrdiff_t>(rows.size());
    auto more = rows_->read(rows, most);
    if (state_of(list_.file.get()) != list_.state) {
      rows.erase(rows.begin() + before, rows.end());  // nobody knows which list they are of
      return list_changed(list_.path, "it was written to");
    }
    if (more && !*more) {
      const auto again = open_named_list(list_.path, list_.roots);
      if (!again) return list_changed(list_.path, again.error().detail);
      if (again->state != list_.state) return list_changed(list_.path, "it was replaced");
    }
    return more;
  }

  double progress() const override { return rows_->progress(); }
  std::optional<ListMark> mark() const override { return rows_->mark(); }
  bool go_on_from(const ListMark& mark) override { return rows_->go_on_from(mark); }

 private:
  NamedList list_;
  std::unique_ptr<RowSource> rows_;
};

}  // namespace

Result<NamedList> open_named_list(const fs::path& path, const std::vector<fs::path>& roots) {
  if (roots.empty()) {
    return refused(path, "is not accepted: input.roots names no folder that lists may stay in");
  }
  const fs::path* root = nullptr;
  for (const auto& one : roots) {
    if (!below(one, path).empty() && (!root || one.native().size() > root->native().size())) root = &one;
  }
  if (!root) return refused(path, "is not accepted; lists may be below " + all_of(roots) + " (input.roots)");
  auto file = open_below(*root, below(*root, path));
  if (!file && errno == EXDEV) return refused(path, "leads out of " + for_people(*root) + " by a link");
  if (!file) {
    const auto error = last_error();
    auto fault = cannot_open(for_people(path), error.value());
    return fault.again_in > 0ms ? fault : refused(path, "cannot be opened: " + error.message());
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return refused(path, "is not a regular file");
  std::string state = state_of(file.get());
  return NamedList{path, roots, std::move(file), std::move(state)};
}

std::unique_ptr<RowSource> watched(NamedList list, std::unique_ptr<RowSource> rows) {
  return std::make_unique<WatchedList>(std::move(list), std::move(rows));
}

Fault list_changed(const fs::path& path, std::string_view how) {
  return {Reason::disk_error,
          "the list " + for_people(path) + " is not what it was when its job began: " + std::string(how)};
}

}  // namespace gannet::inbox
