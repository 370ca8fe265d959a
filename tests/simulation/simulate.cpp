// What the frontier does with lists of millions of lines, in simulated time: how it ends, how well it uses connections,
// what it takes, how fast it decides. `simulate [LINES HOSTS]`: 10,000,000 lines on 1,000,000 hosts unless said.
// Exit code 1: a promise was broken.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "simulation/generated_list.hpp"
#include "simulation/world.hpp"

namespace gannet::simulation {
namespace {

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double in_seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

class Simulation {
 public:
  Simulation() {
    std::string name = (std::filesystem::temp_directory_path() / "gannet-simulation-XXXXXX").string();
    if (!::mkdtemp(name.data())) std::abort();
    folder_ = name;
  }
  ~Simulation() { std::filesystem::remove_all(folder_); }

  // One list of every kind of host, a short one behind it, from the first line to the last.
  void whole(std::uint64_t lines, std::uint64_t hosts) {
    fmt::print("\n{} lines on {} hosts, of 100 hosts 3 slow, 3 flaky, 2 overloaded, 2 dead; 512 connections\n", lines,
               hosts);
    FrontierSettings settings;
    settings.window_lines = static_cast<unsigned>(lines / 10);  // as a list of ten million has it by default
    World world(settings, {}, folder_ / "whole");
    world.add(1, std::make_unique<GeneratedList>("host", lines, hosts));
    const auto short_list = std::max<std::uint64_t>(lines / 1000, 100);
    const double before = cpu_seconds();
    bool dropped = false;
    for (const double share : {0.3, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      if (share >= 0.5 && !dropped) {
        dropped = true;
        world.add(2, std::make_unique<GeneratedList>("other", short_list, short_list / 4));
      }
      world.run(share < 1 ? static_cast<std::uint64_t>(static_cast<double>(lines) * share) : ~std::uint64_t{0});
      fmt::print("  {:5.1f} % of the lines after {:8.0f} s\n", share * 100, in_seconds(world.elapsed()));
      if (!check(world)) return;
    }
    const auto& report = world.report();
    const auto decisions = report.started * 2 + report.given_up + report.recorded;
    const double cpu = cpu_seconds() - before;
    World alone(settings, {}, folder_ / "short");
    alone.add(2, std::make_unique<GeneratedList>("other", short_list, short_list / 4));
    alone.run();
    fmt::print("  a list of {} lines behind it took {:.0f} s, alone {:.0f} s\n", short_list,
               in_seconds(world.ended_after(2)), in_seconds(alone.ended_after(2)));
    fmt::print("  {} starts, {} of them retries; {} redirects; {} lines given up with their host\n", report.started,
               report.retries, report.redirects, report.given_up);
    fmt::print("  window: {} MiB at most, {} lines on disk at most; the whole simulation {} MiB resident\n",
               report.most_memory >> 20, report.most_spilled, resident() >> 20);
    fmt::print(
        "  {:.0f} decisions a second (a line added, started or heard of; {:.1f} s of CPU with the simulation's own)\n",
        static_cast<double>(decisions) / cpu, cpu);
    expect(report.recorded == lines + short_list, "lines are missing");
    expect(report.most_memory <= FrontierSettings{}.window_memory + (8 << 20), "the window takes too much");
  }

  void reuse(std::uint64_t lines, std::uint64_t hosts) {
    World world({}, {.all_healthy = true}, folder_ / "reuse");
    world.add(1, std::make_unique<GeneratedList>("host", lines, hosts));
    world.run();
    if (!check(world)) return;
    const auto& report = world.report();
    const double rate = static_cast<double>(report.reused) / static_cast<double>(report.started);
    const double possible = 1 - static_cast<double>(hosts) / static_cast<double>(lines);
    fmt::print(
        "\n{} lines on {} hosts: {:.1f} % of the requests found a connection, {:.1f} % is possible: {:.0f} % of that\n",
        lines, hosts, rate * 100, possible * 100, rate / possible * 100);
    expect(rate >= 0.9 * possible, "too few connections are used again");
  }

  // Half of a list is of a host that takes one request a second: the others must not feel it.
  void slow_host(std::uint64_t lines) {
    FrontierSettings settings;
    settings.window_lines = static_cast<unsigned>(lines / 8);
    settings.hosts.emplace_back().pattern = "slow.example";
    settings.hosts.front().limits.requests_per_second = 1;
    World alone(settings, {.all_healthy = true}, folder_ / "alone");
    alone.add(1, half_of_slow_host(lines, false));
    alone.run();
    World beside(settings, {.all_healthy = true}, folder_ / "beside");
    beside.add(1, half_of_slow_host(lines, true));
    while (beside.fast_recorded() < lines / 2 && check(beside)) {
      beside.run(beside.report().recorded + lines / 2 - beside.fast_recorded());
    }
    const double with = in_seconds(beside.elapsed()), without = in_seconds(alone.elapsed());
    fmt::print(
        "\n{} lines, half of them of a host at 1 request/s: the other half took {:.0f} s, alone {:.0f} s; "
        "{} lines on disk at most, {} MiB in memory\n",
        lines, with, without, beside.report().most_spilled, beside.report().most_memory >> 20);
    expect(with < without * 1.05, "a slow host slows others");
    beside.run();
    if (!check(beside)) return;
    expect(beside.report().recorded == lines, "lines are missing");
    expect(beside.report().most_spilled > 0, "nothing was moved to disk");
  }

  // More hosts than are kept, each with a pace, in an order that comes back to them sooner than they may be asked.
  void paces(std::uint64_t lines, std::uint64_t hosts) {
    FrontierSettings settings;
    settings.window_lines = 30'000;
    settings.host.delay = 20s;
    World world(settings, {.all_healthy = true, .watch_paces = true}, folder_ / "paces");
    world.add(1, random_hosts(lines, hosts));
    world.run();
    if (!check(world)) return;
    fmt::print("\n{} lines on {} hosts with 20 s between two requests: {:.0f} s, {} hosts known at most, {} MiB\n",
               lines, hosts, in_seconds(world.elapsed()), world.report().most_hosts, world.report().most_memory >> 20);
    expect(world.report().recorded == lines, "lines are missing");
    expect(world.report().most_hosts > 60'000, "no host had to be kept for its pace");
  }

  bool kept() const { return kept_; }

 private:
  static std::unique_ptr<RowSource> half_of_slow_host(std::uint64_t lines, bool with_slow) {
    return std::make_unique<test::MadeUpList>(lines, [with_slow](std::uint64_t line) -> std::string {
      const bool slow = line % 2 == 1;
      if (slow && !with_slow) return {};
      const auto host = slow ? "slow" : "fast" + std::to_string(line % 5000);
      return "http://" + host + ".example/" + std::to_string(line);
    });
  }

  static std::unique_ptr<RowSource> random_hosts(std::uint64_t lines, std::uint64_t hosts) {
    return std::make_unique<test::MadeUpList>(lines, [hosts](std::uint64_t line) {
      return "http://host" + std::to_string(mixed(line) % hosts) + ".example/" + std::to_string(line);
    });
  }

  static std::uint64_t resident() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) << 10;
  }

  bool check(const World& world) {
    for (const auto& what : world.report().broken) expect(false, what);
    return kept_;
  }

  void expect(bool kept, std::string_view what) {
    if (kept) return;
    fmt::print("BROKEN: {}\n", what);
    kept_ = false;
  }

  std::filesystem::path folder_;
  bool kept_ = true;
};

}  // namespace
}  // namespace gannet::simulation

int main(int count, char** words) {
  const std::uint64_t lines = count > 1 ? std::strtoull(words[1], nullptr, 10) : 10'000'000;
  const std::uint64_t hosts = count > 2 ? std::strtoull(words[2], nullptr, 10) : 1'000'000;
  if (lines < 1000 || hosts < 1 || hosts > lines) return 2;
  gannet::simulation::Simulation simulation;
  simulation.whole(lines, hosts);
  simulation.reuse(100'000, 30'000);
  simulation.slow_host(lines / 5);
  simulation.paces(400'000, 250'000);
  return simulation.kept() ? 0 : 1;
}
