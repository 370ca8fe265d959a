#include "inbox/claimer.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "inbox/open_job.hpp"

namespace gannet::inbox {

void Claimer::claim(std::vector<Claim> claims, std::function<void(std::vector<Claimed>)> done) {
  boost::asio::post(thread_, [this, claims = std::move(claims), done = std::move(done)] {
    std::vector<Claimed> claimed;
    for (auto& job : inbox::claim(layout_, claims)) {
      claimed.push_back({.job = std::move(job), .place = claims[claimed.size()].priority});
      open(claimed.back());
    }
    done(std::move(claimed));
  });
}

void Claimer::try_again(std::vector<Claimed> refused, std::function<void(std::vector<Claimed>)> done) {
  boost::asio::post(thread_, [this, refused = std::move(refused), done = std::move(done)]() mutable {
    for (auto& one : refused) open(one);
    done(std::move(refused));
  });
}

void Claimer::open(Claimed& claimed) const {
  if (!claimed.job) return;
  // What was no list is none: it may lie under another name by now.
  if (!claimed.is_no_list()) claimed.list = open_job(*claimed.job, lists_);
  if (claimed.is_no_list()) claimed.rejected = reject(layout_, *claimed.job, claimed.list.error().detail);
}

}  // namespace gannet::inbox
