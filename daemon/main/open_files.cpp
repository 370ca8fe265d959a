#include "main/open_files.hpp"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace gannet {
namespace {

constexpr std::size_t for_ourselves = 128;   // logs, event loops, DNS, a group that is claimed, a job that ends
constexpr std::size_t for_worker = 5;        // its socket, its process, and the files it is given
constexpr std::size_t for_connection = 3;    // in use: its socket, its body on disk, one that is idle
constexpr std::size_t few_jobs = 8;          // more of them do not take the place of connections,
constexpr std::size_t few_connections = 64;  // nor more of these that of jobs
constexpr std::size_t least_connections = 32;

constexpr auto remedy = "raise the limit (ulimit -n, LimitNOFILE= of the unit)";

std::size_t minus(std::size_t a, std::size_t b) { return a > b ? a - b : 0; }

// Its journal and its list; one that a .job file names is looked at as well.
std::size_t for_job(const Settings& settings) { return settings.input.roots.empty() ? 2 : 3; }

}  // namespace

void fit_to_open_files(Settings& settings, unsigned lanes, std::size_t there) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const std::size_t own = for_ourselves + for_worker * settings.decode.workers;
  const std::size_t room = minus(files.rlim_cur, own);

  auto& most_jobs = settings.inbox.max_jobs;
  auto& connections = settings.frontier.connections;
  const auto beside_few = minus(room, for_connection * std::min<std::size_t>(connections, few_connections));
  const auto jobs = std::min<std::size_t>(most_jobs, std::max(beside_few / for_job(settings), few_jobs));
  const auto taken = for_job(settings) * std::max(jobs, there);
  const auto least = own + taken + for_connection * std::min<std::size_t>(connections, least_connections);
  if (files.rlim_cur < least) {
    throw std::runtime_error("only " + std::to_string(files.rlim_cur) + " open files are allowed, " +
                             std::to_string(least) + " are needed for " + std::to_string(std::max(jobs, there)) +
                             " lists at a time: " + remedy);
  }
  if (jobs < most_jobs) {
    spdlog::warn(
        "inbox.max_jobs is {}, but {} open files allow only {} lists at a time: going on with that; for more, {}",
        most_jobs, files.rlim_cur, jobs, remedy);
    most_jobs = static_cast<unsigned>(jobs);
  }
  const std::size_t left = room - taken;
  if (connections > left / for_connection) {
    if (!settings.frontier.auto_connections) {
      spdlog::warn(
          "fetch.connections is {}, but {} open files allow only {} beside {} lists: going on with that; for more, {}",
          connections, files.rlim_cur, left / for_connection, std::max(jobs, there), remedy);
    }
    connections = static_cast<unsigned>(left / for_connection);
  }
  const std::size_t idle = (left - 2 * connections) / lanes;
  const std::size_t wanted = std::max<std::size_t>(settings.fetch.most_idle, connections / lanes);
  settings.fetch.most_idle = std::min(wanted, std::max<std::size_t>(idle, 1));
  const std::size_t spare = minus(left, 2 * connections + settings.fetch.most_idle * lanes);
  settings.inbox.max_active = static_cast<unsigned>(std::max(jobs, there) + spare / for_job(settings));
}

}  // namespace gannet
