#include "inbox/claimer.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "inbox/open_job.hpp"

namespace gannet::inbox {

void Claimer::claim(std::vector<Claim> claims, std::function<void(std::vector<Claimed>)> done) {
  boost::asio::post(thread_, [this, claims = std::move(claims), done = std::move(done)] {
    std::vector<Claimed> claimed;
    for (auto& job : inbox::claim(layout_, claims)) claimed.push_back(open(std::move(job)));
    done(std::move(claimed));
  });
}

Claimed Claimer::open(Result<Job> job) const {
  Claimed claimed{std::move(job)};
  if (!claimed.job) return claimed;
  claimed.list = open_job(*claimed.job, lists_);
  if (!claimed.list && claimed.list.error().reason == Reason::bad_url) {
    claimed.rejected = reject(layout_, *claimed.job, claimed.list.error().detail);
  }
  return claimed;
}

}  // namespace gannet::inbox
