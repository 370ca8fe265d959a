#include "frontier/duplicates.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "core/row_column.hpp"
#include "core/url_spelling.hpp"

namespace gannet::frontier {
namespace {

constexpr std::size_t longest_result = 1024;  // else a server that redirects to long URLs would fill the memory
constexpr std::uint64_t of_question = 160;    // bytes, with what the table needs for it

// What others get of a record: the result, not how it was come by. `attempts` stays 0: for them there was none.
Record shared_part(const Record& record) {
  Record shared;
  shared.line = record.line;
  shared.outcome = record.outcome;
  shared.reason = record.reason;
  shared.detail = record.detail;
  shared.http_status = record.http_status;
  shared.bytes = record.bytes;
  shared.sha256 = record.sha256;
  shared.path = record.path;
  shared.format = record.format;
  shared.width = record.width;
  shared.height = record.height;
  shared.picture = record.picture;
  shared.final_url = record.final_url;
  return shared;
}

template <class T>
void say(std::string& to, const std::optional<T>& said) {
  to += ' ';
  if constexpr (std::is_same_v<T, std::string>) {
    if (said) to += std::to_string(said->size()) + ':' + *said;  // it may hold blanks
  } else if (said) {
    to += std::to_string(static_cast<std::uint64_t>(*said));
  }
}

// As the list has them. Whoever means the same boxes but writes them otherwise is fetched once more, and that is all.
std::string boxes_of(const RowExtras* row, std::string_view column) {
  const auto found = column_of(row, column);
  if (!found) return row->columns;  // it fails for that, and nobody else shall
  return found->is_null() ? std::string() : boost::json::serialize(*found);
}

// Whether robots.txt is obeyed, wherever redirects may lead, without a list asking for it.
bool obeyed_anyway(const FrontierSettings& settings, Profile profile) {
  if (settings.robots) return *settings.robots == Robots::obey;
  const auto says_profile = [](const HostLimits& rule) { return rule.limits.profile.has_value(); };
  return profile == Profile::polite && std::ranges::none_of(settings.hosts, says_profile);
}

}  // namespace

std::string judged_by(const FrontierSettings& settings, const JobOptions* options) {
  std::string text;
  if (!options) return text;
  // Takes all apart, so that whoever adds one has to think about it here.
  const auto& [priority, limits, tries, user_agent, referer, accept_header, robots, accept, max_body, dedupe,
               max_pixels, min_size, max_aspect_ratio, verify, resize, only_if_bigger, resize_size, encoding, quality,
               keep_metadata, exif, perceptual_hash, blur_column, thumbnails, hash, refetch, shard_size] = *options;
  // A list may ask for less than the operator allows, never for more.
  const bool is_slower = limits.profile && haste(*limits.profile) < haste(settings.host.profile);
  const auto profile = is_slower ? *limits.profile : settings.host.profile;
  const bool is_stricter = robots == Robots::obey && !obeyed_anyway(settings, profile);
  say(text, is_slower ? limits.profile : std::nullopt);
  say(text, tries && *tries < settings.tries ? tries : std::nullopt);
  say(text, is_stricter ? robots : std::nullopt);
  say(text, user_agent);
  say(text, referer);
  say(text, accept_header);
  say(text, accept);
  say(text, max_body);
  say(text, max_pixels);
  say(text, min_size);
  say(text, max_aspect_ratio ? std::optional(static_cast<std::uint64_t>(*max_aspect_ratio * 1000)) : std::nullopt);
  say(text, verify);
  say(text, resize);
  say(text, only_if_bigger);
  say(text, resize_size);
  say(text, encoding);
  say(text, quality);
  say(text, keep_metadata);
  say(text, exif);
  say(text, perceptual_hash);
  say(text, blur_column);
  for (const auto side : thumbnails.value_or(Thumbnails{})) say(text, thumbnails ? std::optional(side) : std::nullopt);
  say(text, hash);
  say(text, refetch ? std::optional(refetch->kind) : std::nullopt);
  say(text, refetch ? std::optional(refetch->age.count()) : std::nullopt);
  return text.find_first_not_of(' ') == std::string::npos ? std::string() : text;
}

void Duplicates::remember(std::size_t most) {
  most_ = most;
  while (order_.size() > most_) {
    const auto [oldest, turn] = order_.front();
    order_.pop_front();
    const auto found = asked_.find(oldest);
    if (found == asked_.end() || found->second.turn != turn) continue;  // it was forgotten, and may be known again
    asked_.erase(found);
    --known_;
  }
}

Hash128 Duplicates::question(const FetchTask& task, std::string_view judged_by, std::string_view blur_column) {
  const Row& row = task.row;
  const auto url = url_of(task);
  std::string text = one_spelling(url ? url->text() : row.url);
  text += ' ';  // which a URL in normal form does not have
  const bool has_hashes = row.extras && (!row.extras->sha256.empty() || !row.extras->md5.empty());
  if (has_hashes) text += row.extras->sha256 + ' ' + row.extras->md5;  // other columns do not matter
  if (auto boxes = boxes_of(row.extras.get(), blur_column); !boxes.empty()) say(text, std::optional(std::move(boxes)));
  text += ' ';
  return hash_(text += judged_by);
}

Duplicates::Turn Duplicates::take(const FetchTask& task, bool never_crowded) {
  const auto [found, is_new] = asked_.try_emplace(*task.question);
  Asked& asked = found->second;
  if (is_new) {
    asked.job = task.job;
    asked.line = task.row.line;
    return Turn::fetch;
  }
  if (!asked.result.empty()) return Turn::known;
  if (asked.job == task.job && asked.line == task.row.line) return Turn::fetch;
  auto& waiting_of_list = waiting_of_[task.job];
  if (waiting_of_list >= most_waiting && !never_crowded) return Turn::crowded;
  ++waiting_of_list;
  ++waiting_;
  waiting_bytes_ += sizeof(Line) + task.row.url.size();
  asked.others.push_back({task.job, task.row.line, task.row.url});
  return Turn::wait;
}

Record Duplicates::result(const FetchTask& task) const {
  Record record = *parse_record(asked_.at(*task.question).result);
  record.job = task.job;
  record.line = task.row.line;
  record.url = task.row.url;
  return record;
}

void Duplicates::forget(const Hash128& question) {
  const auto found = asked_.find(question);
  if (found == asked_.end() || found->second.result.empty()) return;
  asked_.erase(found);
  --known_;
}

std::vector<Record> Duplicates::settled(const Record& record) {
  const auto found = asked_.find(*record.question);
  if (found == asked_.end()) return {};
  Asked& asked = found->second;
  if (!asked.result.empty() || asked.job != record.job || asked.line != record.line) return {};
  const Record shared = shared_part(record);
  std::vector<Record> records;
  for (auto& other : std::exchange(asked.others, {})) {
    waiting_bytes_ -= sizeof(Line) + other.url.size();
    if (const auto of_list = waiting_of_.find(other.job); --of_list->second == 0) waiting_of_.erase(of_list);
    Record& one = records.emplace_back(shared);
    one.job = other.job;
    one.line = other.line;
    one.url = std::move(other.url);
  }
  waiting_ -= records.size();
  keep(found->first, asked, shared);
  return records;
}

// A failure counts for those who waited; whoever comes later tries anew.
void Duplicates::keep(Hash128 question, Asked& asked, const Record& record) {
  if (record.outcome == Outcome::ok) append_json(asked.result, record, {});
  if (asked.result.empty() || asked.result.size() > longest_result || most_ == 0) {
    asked_.erase(question);
    return;
  }
  asked.result.shrink_to_fit();
  asked.turn = ++next_turn_;
  order_.emplace_back(question, asked.turn);
  ++known_;
  remember(most_);
}

bool Duplicates::has_room(JobNumber job) const {
  const auto found = waiting_of_.find(job);
  return found == waiting_of_.end() || found->second <= most_waiting / 2;  // not for each one that leaves
}

std::uint64_t Duplicates::memory() const { return waiting_bytes_ + (asked_.size() - known_) * of_question; }

}  // namespace gannet::frontier
