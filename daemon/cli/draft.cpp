#include "cli/draft.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "inbox/list_name.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;

constexpr unsigned most_numbers = 10000;  // lists of one name waiting in one inbox

Fault fault_at(const fs::path& path, std::error_code error) {
  Fault fault = disk_fault(path, error);
  if (error == std::errc::permission_denied) fault.detail += ": are you in group gannet?";
  if (error == std::errc::no_such_file_or_directory) fault.detail += ": is this the daemon's root? (key `root`)";
  return fault;
}

std::error_code rename_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL) return last_error();
  // A filesystem without RENAME_NOREPLACE, such as NFS: a link does not replace either.
  if (::link(from.c_str(), to.c_str()) != 0) return last_error();
  ::unlink(from.c_str());
  return {};
}

}  // namespace

Result<Draft> Draft::make(const Layout& layout, Priority priority) {
  const fs::path folder = layout.inbox(priority);
  std::string path = folder / ".submit-XXXXXX.part";
  Descriptor file(::mkostemps(path.data(), 5, O_CLOEXEC));
  if (!file) return fault_at(folder, last_error());
  return Draft(std::move(file), std::move(path));
}

Draft::~Draft() {
  if (file_) ::unlink(path_.c_str());
}

Result<void> Draft::write(std::string_view text) { return write_all(file_.get(), text, path_.string()); }

Result<fs::path> Draft::publish(const fs::path& list) {
  // Readable for all, since the daemon is another user: the inbox's own mode says who may look into it.
  if (::fchmod(file_.get(), 0644) != 0 || ::fsync(file_.get()) != 0) return disk_fault(path_, last_error());
  const fs::path folder = path_.parent_path();
  std::error_code error;
  for (unsigned number = 1; number <= most_numbers; ++number) {
    const auto target = folder / inbox_name(list, number);
    error = rename_new(path_, target);
    if (!error) {
      file_ = Descriptor();     // no draft any more
      (void)sync_path(folder);  // the list is there already; this only makes it survive a power cut
      return target;
    }
    if (error != std::errc::file_exists) break;
  }
  return fault_at(folder, error);
}

std::string inbox_name(const fs::path& list, unsigned number) {
  const std::string name = list.filename().string();
  std::string visible = name.substr(std::min(name.find_first_not_of("._"), name.size()));
  const bool is_list = inbox::list_format(visible) || inbox::is_job_name(visible);
  if (!is_list) visible.insert(0, "list.");  // ".csv" was an extension after all
  if (number == 1) return visible;
  const std::size_t extensions = inbox::list_extension(visible).size() + 1;  // ".csv.gz"
  const std::size_t stem = visible.size() - std::min(extensions, visible.size());
  return visible.substr(0, stem) + '-' + std::to_string(number) + visible.substr(stem);
}

}  // namespace gannet::cli
