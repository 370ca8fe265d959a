// Lines that ask for what another line asks for, or was asked for before: they are found when their turn has come.
#include "frontier/frontier.hpp"

namespace gannet::frontier {

// Starts the line, unless its result is known or on its way.
std::optional<Frontier::Action> Frontier::go(OriginId id, FetchTask task, TimePoint now) {
  using Turn = Duplicates::Turn;
  const auto turn = task.question ? duplicates_.take(task, hosts_[id].part(task.job)->onward) : Turn::fetch;
  const bool has_earlier = turn == Turn::fetch && has_result(task);
  if (turn == Turn::fetch && !has_earlier) return start(id, std::move(task), now);
  if (turn == Turn::crowded) crowd(id, task);
  // The host is asked for nothing, so another line of it may go.
  settle(id, At::front, now);
  tidy(id);
  hosts_.rest(id);
  if (turn == Turn::crowded) return std::nullopt;
  if (has_earlier) return Action{Action::Kind::take, std::move(task), 0};
  return Action{turn == Turn::known ? Action::Kind::share : Action::Kind::wait, std::move(task), 0};
}

// Likewise. Whoever waits for it hears that it was given up.
Frontier::Action Frontier::give_up(FetchTask task) {
  using Turn = Duplicates::Turn;
  const auto turn = task.question ? duplicates_.take(task) : Turn::fetch;
  if (turn == Turn::fetch && has_result(task)) return Action{Action::Kind::take, std::move(task), 0};
  const auto otherwise = turn == Turn::wait ? Action::Kind::wait : Action::Kind::give_up;
  return Action{turn == Turn::known ? Action::Kind::share : otherwise, std::move(task), 0};
}

// Whether an earlier fetch left one that counts as it is; if it is to be asked for, the task knows.
bool Frontier::has_result(FetchTask& task) {
  task.earlier = recall_ ? recall_(task) : nullptr;
  return task.earlier && !task.earlier->ask;
}

// It goes back to where it was, and those behind it wait with it, as for a slow host. But not those that were asked for
// already: others may be waiting for them.
void Frontier::crowd(OriginId id, const FetchTask& task) {
  auto& part = *hosts_[id].part(task.job);
  change(part, [&](HostQueue& lines) { lines.put_back(pack_again(task)); });
  part.crowded = true;
  crowded_.emplace_back(id, task.job);
}

void Frontier::let_in_crowded(TimePoint now) {
  auto waiting = std::exchange(crowded_, {});
  for (const auto& [id, job] : waiting) {
    Host* one = hosts_.get(id);  // it may be forgotten since, its number even be another's
    auto* part = one ? one->part(job) : nullptr;
    if (!part || !part->crowded) continue;
    if (!duplicates_.has_room(job)) {
      crowded_.emplace_back(id, job);
      continue;
    }
    part->crowded = false;
    settle(id, At::back, now);
  }
}

void Frontier::fetch_anew(FetchTask task, TimePoint now) {
  duplicates_.forget(*task.question);
  const auto origin = url_of(task)->origin();
  add(std::move(task), origin, now);
}

std::vector<Record> Frontier::settled(const Record& record, TimePoint now) {
  auto records = duplicates_.settled(record);
  if (!records.empty() && !crowded_.empty()) let_in_crowded(now);
  return records;
}

}  // namespace gannet::frontier
