// An inbox in a temporary folder, with an event loop that runs until something has happened.
#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <functional>
#include <sstream>

#include "inbox/inbox.hpp"
#include "inbox/inbox_support.hpp"

namespace gannet::inbox::test {

namespace fs = std::filesystem;

constexpr milliseconds never = 1h;

class InboxTest : public testing::Test {
 protected:
  InboxTest() {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_)));
    for (const auto& folder : {layout_.inbox() / "urgent", layout_.inbox() / "bulk", outside_}) {
      fs::create_directories(folder);
    }
  }
  ~InboxTest() override { spdlog::set_default_logger(std::make_shared<spdlog::logger>("none")); }

  void start(InboxSettings settings, const std::vector<Priority>& active_jobs = {}) {
    inbox_.emplace(io_, settings, ListSettings{}, layout_,
                   Inbox::Callbacks{[this](Job job, std::unique_ptr<RowSource> rows) {
                     jobs_.push_back(std::move(job));
                     rows_.push_back(read_all(*rows).rows.size());
                   }});
    inbox_->start(active_jobs);
  }

  // Runs the event loop until the condition holds; false when it never does.
  bool run_until(const std::function<bool()>& condition) {
    const auto deadline = Clock::now() + 20s;
    while (!condition() && Clock::now() < deadline) {
      io_.restart();
      io_.run_one_for(50ms);
    }
    return condition();
  }
  bool run_until_claimed(std::size_t count) {
    return run_until([&] { return jobs_.size() >= count; });
  }

  // Claims nothing before all files there are known to be complete, so that only their order counts.
  void claim_one_by_one(std::size_t count) {
    start({.settle = 20ms, .rescan = never, .max_jobs = 1}, {Priority::urgent});
    io_.run_for(400ms);
    EXPECT_TRUE(jobs_.empty());
    for (std::size_t i = 1; i <= count; ++i) {
      inbox_->job_finished(jobs_.empty() ? Priority::urgent : jobs_.back().priority);
      ASSERT_TRUE(run_until_claimed(i));
    }
  }

  void move_in(const std::string& name, std::string_view text = "http://a/\n") {
    fs::rename(write_file(outside_ / "file", text), layout_.inbox() / name);
  }

  std::vector<std::string> claimed() const {
    std::vector<std::string> names;
    for (const auto& job : jobs_) names.push_back(job.source);
    return names;
  }

  TemporaryFolder folder_;
  Layout layout_{folder_.path()};
  fs::path outside_ = folder_.path() / "outside";
  std::ostringstream log_;
  boost::asio::io_context io_{1};
  std::optional<Inbox> inbox_;
  std::vector<Job> jobs_;
  std::vector<std::size_t> rows_;
};

using Names = std::vector<std::string>;

}  // namespace gannet::inbox::test
