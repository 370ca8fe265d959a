#include "decode/pool.hpp"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <future>

#include "decode/desk.hpp"

namespace gannet::decode {

Pool::Pool(std::unique_ptr<ForkServer> server, const DecodeSettings& settings, const Inspector& inspector,
           Callbacks callbacks)
    : queue_(settings.queue),
      desk_(std::make_unique<Desk>(*this, std::move(server), settings, inspector, std::move(callbacks))),
      thread_([this] {
        ::pthread_setname_np(::pthread_self(), "decode");
        const auto stays = boost::asio::make_work_guard(io_);
        io_.run();
      }) {}

Pool::~Pool() {
  io_.stop();
  thread_.join();
  desk_.reset();
}

void Pool::decode(Undecoded one) {
  one.size = one.finished.body.size();
  bytes_.fetch_add(one.size, std::memory_order_relaxed);
  desk_->post(std::move(one));
}

void Pool::apply(const DecodeSettings& settings) {
  queue_ = settings.queue;
  desk_->apply(settings);
}

void Pool::finish(milliseconds patience) {
  const auto ended = std::make_shared<std::promise<void>>();  // outlives this call when it is not waited for
  desk_->when_idle([ended] { ended->set_value(); });
  ended->get_future().wait_for(patience);
}

DecodeStatus Pool::status() const { return desk_->status(); }

}  // namespace gannet::decode
