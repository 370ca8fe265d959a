#include "decode/desk.hpp"

#include <spdlog/spdlog.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <tuple>

#include "decode/packets.hpp"
#include "decode/reply_check.hpp"
#include "decode/settle.hpp"

namespace gannet::decode {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

Pool::Desk::Desk(Pool& pool, std::unique_ptr<ForkServer> server, const DecodeSettings& settings,
                 const Inspector& inspector, Callbacks callbacks)
    : pool_(pool),
      settings_(settings),
      inspector_(inspector),
      callbacks_(std::move(callbacks)),
      mail_([this] { asio::post(pool_.io_, [this] { take_mail(); }); }),
      timer_(pool.io_),
      server_(std::move(server)),
      roster_({.workers = settings.workers, .time = settings.time}),
      workers_(settings.workers) {
  if (server_) listen_to_server();
  asio::post(pool_.io_, [this] { carry_out(); });
}

DecodeStatus Pool::Desk::status() const {
  const std::lock_guard lock(status_mutex_);
  return published_;
}

void Pool::Desk::apply(const DecodeSettings& settings) {
  asio::post(pool_.io_, [this, settings] {
    const auto limits = [](const DecodeSettings& of) { return std::tuple(of.memory, of.cpu, of.max_output); };
    if (limits(settings) != limits(settings_)) roster_.renew();
    settings_ = settings;
    roster_.apply({.workers = settings.workers, .time = settings.time});
    if (workers_.size() < settings.workers) workers_.resize(settings.workers);
    carry_out();
  });
}

void Pool::Desk::when_idle(std::function<void()> ended) {
  asio::post(pool_.io_, [this, ended = std::move(ended)] {
    idle_ = ended;
    take_mail();
  });
}

void Pool::Desk::take_mail() {
  mail_.drain([this](Undecoded one) {
    roster_.add(++next_image_);
    images_.emplace(next_image_, std::move(one));
  });
  carry_out();
}

void Pool::Desk::carry_out() {
  for (;;) {
    const auto action = roster_.next(Clock::now());
    switch (action.act) {
      case Roster::Act::spawn:
        spawn(action.seat);
        continue;
      case Roster::Act::give:
        give(action.seat, action.image);
        continue;
      case Roster::Act::end:
        end(action.seat);
        continue;
      case Roster::Act::settle:
        settle_failed(action.image, action.fault);
        continue;
      case Roster::Act::wait:
        break;
    }
    break;
  }
  publish();
  if (idle_ && roster_.idle()) std::exchange(idle_, nullptr)();
  wake_at(roster_.wake());
}

// Nearly every image is done long before its time is up: to wake once too often costs less than to set the timer anew.
void Pool::Desk::wake_at(TimePoint when) {
  if (when >= wakes_) return;
  wakes_ = when;
  timer_.expires_at(when);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    wakes_ = TimePoint::max();
    carry_out();
  });
}

void Pool::Desk::spawn(Seat seat) {
  Worker& worker = workers_[seat];
  worker = {};
  worker.number = ++next_worker_;
  worker.tray = Tray::make();
  Descriptor socket;
  if (worker.tray && (server_ || start_server())) {
    const auto cpu = static_cast<std::uint64_t>(std::chrono::ceil<seconds>(settings_.cpu).count());
    socket = server_->spawn({worker.number, settings_.memory, cpu, settings_.max_output}, worker.tray->file());
  }
  if (!socket) return roster_.died(seat, {Reason::decode_crashed, "it could not be started"}, Clock::now());
  worker.socket = std::make_unique<stream_descriptor>(pool_.io_, socket.release());
  listen_to(seat);
}

void Pool::Desk::give(Seat seat, Image image) {
  Worker& worker = workers_[seat];
  const Undecoded& one = images_.at(image);
  const auto body = one.finished.body.view();
  const bool in_tray = worker.tray->put(body);
  const Descriptor input = in_tray ? Descriptor() : make_sealed(body);
  const bool makes = one.orders.make_anything();
  worker.output = makes ? make_writable() : Descriptor();
  if ((!in_tray && !input) || (makes && !worker.output)) {
    return distrust(seat, "no file in memory: " + last_error().message());
  }
  worker.request = {.number = image,
                    .format = one.format,
                    .in_tray = in_tray,
                    .bytes = body.size(),
                    .max_pixels = one.rules.max_pixels,
                    .max_output = settings_.max_output,
                    .orders = one.orders};
  worker.given = Clock::now();
  std::array<int, 2> files{};
  std::size_t count = 0;
  if (input) files[count++] = input.get();
  if (makes) files[count++] = worker.output.get();
  const auto sent = std::span(files).first(count);
  if (!send_packet(worker.socket->native_handle(), worker.request, sent)) distrust(seat, "it does not listen");
}

void Pool::Desk::end(Seat seat) {
  Worker& worker = workers_[seat];
  forget_question(seat);
  if (std::exchange(worker.unwanted, true) && server_) {
    spdlog::error("the fork server of the decode workers does not answer; it is ended");
    return server_->kill();
  }
  signal_end(worker);
}

void Pool::Desk::signal_end(const Worker& worker) {
  if (worker.process) ::syscall(SYS_pidfd_send_signal, worker.process.get(), SIGKILL, nullptr, 0);
}

// From here on nothing that it says is an answer.
void Pool::Desk::forget_question(Seat seat) {
  if (std::exchange(workers_[seat].request.number, 0) != 0) ++status_.died;
}

void Pool::Desk::distrust(Seat seat, std::string what) {
  forget_question(seat);
  roster_.lied(seat, std::move(what));
}

void Pool::Desk::settle_failed(Image image, const Fault& fault) {
  fail(images_.at(image).finished, fault);
  pass_on(image);
}

void Pool::Desk::listen_to_server() {
  if (!server_socket_) {
    server_socket_ = std::make_unique<stream_descriptor>(pool_.io_, ::dup(server_->socket()));
  }
  server_socket_->async_wait(stream_descriptor::wait_read, [this](boost::system::error_code error) {
    if (!error) hear_server();
  });
}

void Pool::Desk::hear_server() {
  Descriptor process;
  while (const auto event = server_->hear(process)) hear_event(*event, std::move(process));
  if (server_->gone()) {
    lose_server();
  } else {
    listen_to_server();
  }
  carry_out();
}

void Pool::Desk::hear_event(const Event& event, Descriptor process) {
  const auto seat = seat_of(event.worker);
  if (!seat) return;
  Worker& worker = workers_[*seat];
  switch (event.kind) {
    case Event::Kind::ready:
      break;
    case Event::Kind::born:
      worker.process = std::move(process);
      roster_.born(*seat);
      if (worker.unwanted) signal_end(worker);
      break;
    case Event::Kind::unborn:
      hear_death(*seat, {Reason::decode_crashed,
                         "no worker could be forked: " + std::generic_category().message(event.status)});
      break;
    case Event::Kind::died: {
      if (!worker.unwanted) hear_worker(*seat);  // it may have replied before
      const Fault fault = fault_of(event.status);
      if (WIFEXITED(event.status) && WEXITSTATUS(event.status) == exit_unlocked)
        spdlog::error("decode: {}", fault.detail);
      hear_death(*seat, fault);
      break;
    }
  }
}

// Its workers have died with it.
void Pool::Desk::lose_server() {
  spdlog::error("the fork server of the decode workers died; it is started again");
  server_socket_.reset();
  server_.reset();
  for (Seat seat = 0; seat < workers_.size(); ++seat) {
    if (workers_[seat].number != 0) hear_death(seat, {Reason::decode_crashed, "the fork server died"});
  }
}

bool Pool::Desk::start_server() {
  try {
    server_ = std::make_unique<ForkServer>(settings_.program.empty() ? worker_program() : settings_.program);
  } catch (const std::exception& error) {
    spdlog::error("decode: {}; tried again soon, until then nothing is decoded", error.what());
    return false;
  }
  listen_to_server();
  return true;
}

void Pool::Desk::listen_to(Seat seat) {
  auto& worker = workers_[seat];
  worker.socket->async_wait(stream_descriptor::wait_read,
                            [this, seat, number = worker.number](boost::system::error_code error) {
                              if (error || workers_[seat].number != number) return;
                              hear_worker(seat);
                              carry_out();
                            });
}

// Of its end an event tells.
void Pool::Desk::hear_worker(Seat seat) {
  Worker& worker = workers_[seat];
  Reply reply;
  const auto size = receive_some(worker.socket->native_handle(), &reply, sizeof reply, {});
  if (size < 0 && errno != EAGAIN) return;
  if (size == sizeof reply) {
    hear_reply(seat, reply);
  } else if (size >= 0) {
    distrust(seat, "the worker's answer made no sense: its size");
  }
  listen_to(seat);
}

void Pool::Desk::hear_reply(Seat seat, const Reply& reply) {
  Worker& worker = workers_[seat];
  const auto found = images_.find(worker.request.number);
  if (found == images_.end()) return distrust(seat, "the worker answered without a question");
  const auto output = worker.output ? seal(worker.output.get(), settings_.max_output) : Mapping();
  if (!output) return distrust(seat, "the worker's answer made no sense: its output");
  if (auto good = check_reply(worker.request, reply, output->view()); !good) {
    return distrust(seat, good.error().detail);
  }
  auto& [line, format, orders, rules, size] = found->second;
  line.record.ms.decode = std::chrono::ceil<milliseconds>(Clock::now() - worker.given);
  settle(line, rules, orders, reply, output->view(), inspector_);
  worker.request.number = 0;
  worker.output = Descriptor();
  roster_.replied(seat);
  ++status_.decoded;
  pass_on(found->first);
}

void Pool::Desk::hear_death(Seat seat, const Fault& fault) {
  forget_question(seat);
  workers_[seat] = {};
  roster_.died(seat, fault, Clock::now());
}

void Pool::Desk::pass_on(Image image) {
  auto line = images_.extract(image);
  const auto size = line.mapped().size;
  callbacks_.decoded(std::move(line.mapped().finished));
  const bool was_full = !pool_.has_room();
  pool_.bytes_.fetch_sub(size, std::memory_order_relaxed);
  if (was_full && pool_.has_room()) callbacks_.room_made();
}

std::optional<Pool::Desk::Seat> Pool::Desk::seat_of(std::uint64_t worker) const {
  const auto found = std::ranges::find(workers_, worker, &Worker::number);
  if (worker == 0 || found == workers_.end()) return std::nullopt;
  return static_cast<Seat>(found - workers_.begin());
}

void Pool::Desk::publish() {
  status_.workers = roster_.present();
  status_.busy = roster_.busy();
  status_.waiting = roster_.waiting();
  status_.waiting_bytes = pool_.bytes();
  const std::lock_guard lock(status_mutex_);
  published_ = status_;
}

}  // namespace gannet::decode
