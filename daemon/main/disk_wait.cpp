#include "main/disk_wait.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/disk.hpp"
#include "main/service_manager.hpp"
#include "report/status_files.hpp"

namespace gannet {
namespace {

namespace fs = std::filesystem;

constexpr seconds between_looks{1};
constexpr seconds longest_pause = 5min;
constexpr seconds went_well = 10min;

bool passes_by_itself(int error) { return error == ENOSPC || error == EDQUOT || error == EROFS || error == EIO; }

fs::path nearest_there(fs::path folder) {
  std::error_code error;
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

// Of a file without a name: should we be killed meanwhile, nothing stays.
int error_of_writing(const fs::path& folder) {
  const Descriptor file(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  return file && ::write(file.get(), "", 1) == 1 && ::fsync(file.get()) == 0 ? 0 : errno;
}

}  // namespace

std::optional<std::string> disk_trouble(const Settings& settings) {
  for (const auto& wanted : {settings.store.root, settings.report.logs}) {
    const auto folder = nearest_there(wanted);
    const int error = error_of_writing(folder);
    if (passes_by_itself(error)) return disk_fault(error, folder.string()).detail;
  }
  return std::nullopt;
}

bool DiskWait::wait(const Settings& settings, const std::string& why, StopSignals& stop) {
  const auto began = Clock::now();
  pause_ = began - ended_ < went_well ? std::clamp(2 * pause_, between_looks, longest_pause) : between_looks;
  spdlog::error("waiting for the disk, for {} s at least: {}", pause_.count(), why);
  Snapshot snapshot;
  snapshot.state = "running";
  snapshot.disk = DiskStatus{wall_now(), why};
  report::StatusFiles status_files(settings.report);
  ServiceManager service_manager;  // what it told last is not what the engine has told since
  service_manager.ready();
  for (bool waits = true; waits && stop.told() == 0;) {
    status_files.tell(snapshot);
    service_manager.tell(snapshot);
    (void)stop.told(between_looks);
    waits = Clock::now() < began + pause_ || disk_trouble(settings);
  }
  ended_ = Clock::now();
  if (stop.told() != 0) {
    snapshot.state = "stopped";
    status_files.tell(snapshot);
    service_manager.stopping(0ms);
    spdlog::info("stopping: told to stop while waiting for the disk");
    return false;
  }
  spdlog::warn("the disk takes files again after {} s: beginning anew",
               std::chrono::ceil<seconds>(ended_ - began).count());
  service_manager.starting();
  return true;
}

}  // namespace gannet
