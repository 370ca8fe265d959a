#include "report/hook.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/text.hpp"
#include "report/human.hpp"

namespace gannet::report {
namespace {

constexpr seconds time_to_end{1};       // for a program that closed its output
constexpr seconds between_words{60};    // of lines that were dropped
constexpr seconds longest_sleep{3600};  // so that the arithmetic on times is safe

}  // namespace

Hook::Hook(Options options)
    : options_(std::move(options)),
      queue_(options_.limits),
      next_wait_(options_.first_wait),
      bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      mailbox_([this] { wake(); }) {
  published_.name = options_.name;
  thread_ = std::thread([this] { run(); });
}

Hook::~Hook() {
  stopping_ = true;
  wake();
  thread_.join();
}

void Hook::wake() {
  const std::uint64_t once = 1;
  (void)!::write(bell_.get(), &once, sizeof once);
}

void Hook::tell(std::string_view lines) {
  if (lines.empty()) return;
  if (posted_bytes_.load() + lines.size() > options_.limits.bytes) {
    overflow_ += static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
    return wake();  // it is the thread that tells of them
  }
  posted_bytes_ += lines.size();
  mailbox_.post(std::string(lines));
}

HookStatus Hook::status() const {
  const std::lock_guard lock(published_lock_);
  return published_;
}

void Hook::run() {
  pthread_setname_np(pthread_self(), "hook");
  sigset_t pipe;  // a program that closes its input is told by the call that wrote
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  for (TimePoint now = Clock::now(); !ends(now); now = Clock::now()) {
    take_in();
    if (!child_ && now >= start_at_) start(now);
    if (child_) hear_some(now);
    if (child_) look_after(now);
    if (child_) write_some(now);  // last: what was acknowledged makes room, and nothing else would tell of it
    tell_of_drops(now);
    publish();
    wait(now);
  }
  if (queue_.waiting() > 0) {
    spdlog::warn("hook {}: {} lines were not told: it did not take them in time", options_.name,
                 human_count(queue_.waiting()));
  }
  child_.reset();
  publish();
}

void Hook::take_in() {
  std::uint64_t rings = 0;
  (void)!::read(bell_.get(), &rings, sizeof rings);
  mailbox_.drain([this](std::string&& lines) {
    posted_bytes_ -= lines.size();
    for (std::string_view rest = lines; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      queue_.add(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  });
}

void Hook::start(TimePoint now) {
  auto started = ChildProcess::start(options_.command);
  if (!started) return bury(now, started.error().detail);
  child_.emplace(std::move(*started));
  gone_at_ = deaf_at_ = {};
}

void Hook::write_some(TimePoint now) {
  while (deaf_at_ == TimePoint{}) {
    if (writing_.empty()) {
      const bool idle = queue_.under_way() == 0;
      const auto* line = queue_.next();
      if (!line) return;
      if (idle) due_ = now + options_.patience;
      writing_ = *line;
    }
    const auto written = ::write(child_->input(), writing_.data(), writing_.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE && deaf_at_ == TimePoint{}) deaf_at_ = now;  // its output tells more, mostly
    if (written < 0) return;
    writing_.erase(0, static_cast<std::size_t>(written));
  }
}

void Hook::hear_some(TimePoint now) {
  if (gone_at_ != TimePoint{}) return;
  std::array<char, 16 << 10> room;
  for (;;) {
    const auto count = ::read(child_->output(), room.data(), room.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    if (count == 0) {
      gone_at_ = now;
      return;
    }
    for (auto lines = std::count(room.data(), room.data() + count, '\n'); lines > 0; --lines) {
      if (queue_.acknowledged()) {
        due_ = now + options_.patience;
        next_wait_ = options_.first_wait;
      } else if (!std::exchange(spoke_too_much_, true)) {
        spdlog::warn("hook {}: it said more lines than it was told; it must say one for each", options_.name);
      }
    }
    if (static_cast<std::size_t>(count) < room.size()) return;
  }
}

void Hook::look_after(TimePoint now) {
  // Its output is read to the end before its death counts, so that no acknowledgement is lost.
  const auto ended = gone_at_ == TimePoint{} ? std::string() : child_->ended();
  const std::string program = options_.command.front() + ": ";
  if (!ended.empty()) return bury(now, program + ended);
  if (gone_at_ != TimePoint{} && now >= gone_at_ + time_to_end) return bury(now, program + "it closed its output");
  if (deaf_at_ != TimePoint{} && now >= deaf_at_ + time_to_end) return bury(now, program + "it closed its input");
  if (queue_.under_way() > 0 && now >= due_) {
    bury(now, program + "it acknowledged nothing for " + human_duration(std::chrono::ceil<seconds>(options_.patience)));
  }
}

void Hook::bury(TimePoint now, const std::string& why) {
  child_.reset();
  writing_.clear();
  why_ = why;
  ++restarts_;
  start_at_ = now + next_wait_;
  if (!end_by_) {
    spdlog::warn("hook {}: {}; it is started again in {}", options_.name, why,
                 human_duration(std::chrono::ceil<seconds>(next_wait_)));
  }
  next_wait_ = std::min(2 * next_wait_, options_.longest_wait);
  if (queue_.died()) {
    spdlog::error("hook {}: it died {} times on the same line, which is left out", options_.name,
                  options_.limits.deaths);
  }
}

void Hook::tell_of_drops(TimePoint now) {
  const auto drops = queue_.counts().dropped + overflow_.load();
  if (drops == told_drops_ || now < no_word_of_drops_before_) return;
  spdlog::warn("hook {}: it does not keep up, or does not run: {} lines were dropped so far", options_.name,
               human_count(drops));
  told_drops_ = drops;
  no_word_of_drops_before_ = now + between_words;
}

void Hook::publish() {
  const std::lock_guard lock(published_lock_);
  published_.running = child_.has_value();
  published_.waiting = queue_.waiting();
  published_.acknowledged = queue_.counts().acknowledged;
  published_.dropped = queue_.counts().dropped + overflow_.load();
  published_.left_out = queue_.counts().left_out;
  published_.restarts = restarts_;
  published_.why = why_;
}

// At the end: when all is told and the program has ended of its own, or when the time is up.
bool Hook::ends(TimePoint now) {
  if (!stopping_) return false;
  if (!end_by_) end_by_ = now + options_.farewell;
  if (now >= *end_by_) return true;
  take_in();
  if (queue_.waiting() > 0) return !child_ && start_at_ >= *end_by_;
  return !child_;
}

void Hook::wait(TimePoint now) {
  if (stopping_ && !end_by_) return;  // the ring that told so was taken together with others
  const bool all_told = end_by_ && queue_.waiting() == 0;
  if (all_told && !child_) return;
  if (all_told) child_->close_input();
  TimePoint until = now + longest_sleep;
  if (!child_) until = std::min(until, start_at_);
  if (child_ && queue_.under_way() > 0) until = std::min(until, due_);
  if (child_ && deaf_at_ != TimePoint{}) until = std::min(until, deaf_at_ + time_to_end);
  if (end_by_) until = std::min(until, *end_by_);
  if (child_ && gone_at_ != TimePoint{}) until = std::min(until, now + 10ms);  // until its end can be told
  std::array<pollfd, 3> ends{{{bell_.get(), POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLOUT, 0}}};
  if (child_ && gone_at_ == TimePoint{}) ends[1].fd = child_->output();
  if (child_ && deaf_at_ == TimePoint{} && !writing_.empty()) ends[2].fd = child_->input();
  const auto rest = std::max(until - Clock::now(), Duration::zero());
  (void)::poll(ends.data(), ends.size(), static_cast<int>(std::chrono::ceil<milliseconds>(rest).count()));
}

}  // namespace gannet::report
