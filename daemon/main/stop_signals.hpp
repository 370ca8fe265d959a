// SIGTERM and SIGINT from the first moment to the last, also between those who listen for a while: a signal that comes
// then is not lost. SIGHUP is survived. Main thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "core/time.hpp"

namespace gannet {

class StopSignals {
 public:
  StopSignals() { hear(); }

  /// The first that came, or 0. Waits for a signal that long at most.
  int told(milliseconds patience = 0ms) {
    io_.run_one_for(patience);
    io_.poll();
    return told_;
  }

 private:
  void hear() {
    signals_.async_wait([this](boost::system::error_code error, int number) {
      if (error) return;
      if (number != SIGHUP && told_ == 0) told_ = number;
      hear();
    });
  }

  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_{io_, SIGTERM, SIGINT, SIGHUP};
  int told_ = 0;
};

}  // namespace gannet
