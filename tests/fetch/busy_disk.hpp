// A disk that takes nothing for now: the spool's thread does nothing else while this lives.
#pragma once

#include <boost/asio/post.hpp>
#include <future>

#include "fetch/spool.hpp"

namespace gannet::fetch {

class BusyDisk {
 public:
  explicit BusyDisk(Spool& spool) {
    boost::asio::post(spool.thread(), [until = free_.get_future().share()] { until.wait(); });
  }
  ~BusyDisk() { free_.set_value(); }
  BusyDisk(const BusyDisk&) = delete;
  BusyDisk& operator=(const BusyDisk&) = delete;

 private:
  std::promise<void> free_;
};

}  // namespace gannet::fetch
