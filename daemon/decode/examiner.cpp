#include "decode/examiner.hpp"

#include <utility>

#include "decode/line_orders.hpp"
#include "decode/rules.hpp"
#include "decode/settle.hpp"
#include "decode/sniff.hpp"

namespace gannet::decode {

Examiner::Examiner(const DecodeSettings& settings, Hash hash, std::unique_ptr<ForkServer> server, Callbacks callbacks)
    : settings_(std::make_shared<const DecodeSettings>(settings)),
      inspector_(hash),
      callbacks_(std::move(callbacks)),
      pool_(server
                ? std::make_unique<Pool>(std::move(server), settings, inspector_,
                                         Pool::Callbacks{.decoded = callbacks_.done, .room_made = callbacks_.room_made})
                : nullptr) {}

void Examiner::examine(Fetched fetched) {
  const auto settings = settings_.load();
  const auto* of_list = fetched.task.options.get();
  const auto rules = rules_of(*settings, of_list);
  if (!pool_) return callbacks_.done(inspector_.inspect(std::move(fetched), rules));
  const auto orders = orders_of(*settings, of_list, fetched.task.row.extras.get());
  Finished line = inspector_.inspect(std::move(fetched), rules);
  const auto image = line.record.reason == Reason::none ? sniff(line.body.view()) : std::nullopt;
  const bool seen_by_worker = image && (image->format != Format::svg || settings->orders.svg);
  if (seen_by_worker && orders) return pool_->decode({std::move(line), image->format, *orders, rules});
  if (seen_by_worker) fail(line, orders.error());
  callbacks_.done(std::move(line));
}

Result<EarlyVerdict> Examiner::check_early(std::string_view bytes, const JobOptions* of_list) const {
  return decode::check_early(rules_of(*settings_.load(), of_list), bytes);
}

bool Examiner::changes_images(const JobOptions* of_list) const { return change_images(*settings_.load(), of_list); }

void Examiner::apply(DecodeSettings settings) {
  const bool can = pool_ != nullptr, wanted = settings.workers > 0;
  if (can != wanted) settings.workers = settings_.load()->workers;
  if (pool_) pool_->apply(settings);
  settings_ = std::make_shared<const DecodeSettings>(std::move(settings));
}

void Examiner::finish(milliseconds patience) {
  if (pool_) pool_->finish(patience);
  pool_.reset();
}

std::optional<DecodeStatus> Examiner::status() const {
  if (!pool_) return std::nullopt;
  return pool_->status();
}

}  // namespace gannet::decode
