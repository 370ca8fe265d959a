// A frontier in a time that the test moves, and short ways to feed it, to run it and to answer it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "frontier/frontier.hpp"

namespace gannet::frontier::test {

using Action = Frontier::Action;
using Kind = Frontier::Action::Kind;
using Fate = Frontier::Fate;

inline Record answer(Reason reason, unsigned http_status = 0) {
  Record record;
  record.reason = reason;
  record.outcome = outcome_of(reason);
  record.http_status = http_status;
  return record;
}

inline FetchTask task_of(std::uint64_t line) {
  FetchTask task;
  task.row.line = line;
  return task;
}

class FrontierTest : public testing::Test {
 protected:
  explicit FrontierTest(const FrontierSettings& chosen = {}, unsigned lanes = 4)
      : settings(chosen), frontier(settings, lanes, 1) {
    frontier.open(0, 4);
  }

  void use(const FrontierSettings& other, unsigned lanes = 4) {
    frontier = Frontier(settings = other, lanes, 1);
    frontier.open(0, 4);
  }

  void add(const std::string& origin, unsigned count = 1) {
    for (unsigned i = 0; i < count; ++i) frontier.add(task_of(++lines), origin, now);
  }

  /// Everything that may happen now.
  std::vector<Action> run() {
    std::vector<Action> actions;
    while (auto action = frontier.next(now)) actions.push_back(std::move(*action));
    return actions;
  }

  /// Moves the time to each next_wake() in turn until something may happen. Nothing when it never will.
  std::vector<Action> run_later() {
    for (auto wake = frontier.next_wake(); wake; wake = frontier.next_wake()) {
      EXPECT_GT(*wake, now);
      now = *wake;
      if (auto actions = run(); !actions.empty()) return actions;
    }
    return {};
  }

  Fate end(Action& action, Reason reason, unsigned http_status = 0, std::optional<seconds> retry_after = std::nullopt) {
    return end_with(action, answer(reason, http_status), retry_after);
  }

  /// The last four as in Ending.
  Fate end_with(Action& action, Record record, std::optional<seconds> retry_after = std::nullopt,
                std::optional<milliseconds> crawl_delay = std::nullopt, bool again_at_pace = false,
                milliseconds again_in = 0ms, Asked asked = Asked::origin) {
    AttemptEnd end;
    end.asked = asked;
    end.task = std::move(action.task);
    end.record = std::move(record);
    end.retry_after = retry_after;
    end.crawl_delay = crawl_delay;
    end.again_at_pace = again_at_pace;
    end.again_in = again_in;
    end.lane = action.lane;
    const auto fate = frontier.ended(end, now);
    action.task = std::move(end.task);
    return fate;
  }

  /// With a redirect, which need not be to another origin.
  Fate end_onward(Action& action, const std::string& url) {
    auto trail = action.task.trail ? std::move(action.task.trail) : std::make_unique<Trail>();
    trail->asked.push_back(trail->url.empty() ? action.task.row.url : trail->url);
    trail->url = url;
    action.task.trail = std::move(trail);
    AttemptEnd end;
    end.task = std::move(action.task);
    end.record = answer(Reason::none, 302);
    end.onward = true;
    end.lane = action.lane;
    return frontier.ended(end, now);
  }

  /// With success, over this protocol.
  void end_by(Action& action, std::string protocol) {
    Record record = answer(Reason::none, 200);
    record.protocol = std::move(protocol);
    end_with(action, std::move(record));
  }

  FrontierSettings settings;
  TimePoint now{1000h};
  std::uint64_t lines = 0;
  Frontier frontier;
};

}  // namespace gannet::frontier::test
