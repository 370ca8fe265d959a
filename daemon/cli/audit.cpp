#include "cli/audit.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace gannet::cli {
namespace {

constexpr std::size_t longest_told = 300;  // bytes of a URL

std::string in_quotes(std::string_view text) { return '"' + on_one_line(text, 120) + '"'; }

}  // namespace

std::string_view name_of(Problem kind) {
  switch (kind) {
    case Problem::missing:
      return "missing";
    case Problem::duplicate:
      return "duplicate";
    case Problem::wrong:
      return "wrong";
    case Problem::stray:
      return "stray";
  }
  return "wrong";
}

void Audit::tell(Problem kind, std::string what, std::uint64_t line, std::string_view url) {
  ++proof_.counts[static_cast<std::size_t>(kind)];
  if (tells_more()) {
    proof_.told.push_back({kind, line, to_valid_utf8(url.substr(0, longest_told)), std::move(what)});
  }
}

void Audit::add(const Record& record, std::string_view text) {
  const auto wrong = [&](std::string what) { tell(Problem::wrong, std::move(what), record.line, record.url); };
  // As the daemon writes it: in a URL or a detail the quotes would be escaped.
  if (text.find("\"job\":\"" + proof_.job + '"') == text.npos) wrong("the record is not of this job");
  const bool known = rows_.has(record.line);
  if (!known && whole_list_) return wrong("there is a record, but the list has no row on this line");
  if (!known && record.line > most_lines) return wrong("the record's line is beyond any list");
  if (!recorded_.insert(record.line)) {
    return tell(Problem::duplicate, "there is another record of this line", record.line, record.url);
  }
  if (known) ++closed_rows_;
  last_recorded_ = std::max(last_recorded_, record.line);
  proof_.totals.add(record);
  if (record.outcome == Outcome::failed) failed_.insert(record.line);
  if (known && !rows_.cross_out(record.line, record.url)) wrong("the list has another URL on this line");
  if (known && rows_.is_invalid(record.line) != (record.outcome == Outcome::invalid)) {
    wrong(record.outcome == Outcome::invalid ? "the record says that it is invalid, and it is not"
                                             : "it is not a URL that can be fetched, and the record does not say so");
  }
  check_outcome(record);
}

void Audit::compare_urls() {
  for (const auto key : rows_.unlike()) {
    const auto last = std::min(key + RowBook::block, rows_.rows());
    tell(Problem::wrong, "of the rows " + std::to_string(key + 1) + " to " + std::to_string(last) +
                             " of the list at least one has another URL than its record");
  }
}

void Audit::check_outcome(const Record& record) {
  const auto wrong = [&](std::string what) { tell(Problem::wrong, std::move(what), record.line, record.url); };
  const std::string outcome(to_string(record.outcome));
  if (outcome_of(record.reason) != record.outcome) {
    wrong("the record is \"" + outcome + "\" with the reason \"" + std::string(to_string(record.reason)) + '"');
  }
  if (record.outcome == Outcome::ok) return check_image(record);
  if (!record.path.empty()) wrong("the record is \"" + outcome + "\" and names a file, " + in_quotes(record.path));
}

void Audit::check_image(const Record& record) {
  const auto path = parse_image_path(record.path);
  if (!path) {
    return tell(Problem::wrong, "the record names " + in_quotes(record.path) + ", which is not the path of an image",
                record.line, record.url);
  }
  const bool in_own_job = path->job == proof_.job;
  if (in_own_job && !record.is_shared() && rows_.has(record.line) && path->key != rows_.key(record.line)) {
    return tell(Problem::wrong, "the record names the file of another row, " + record.path, record.line, record.url);
  }
  const auto state = images_.look_at(*path, record);
  if (state.kind == ImageState::unreadable) {
    if (proof_.unproven.empty()) proof_.unproven = record.path + ' ' + state.what;
    return;
  }
  if (state.kind == ImageState::missing) {
    return tell(Problem::missing, record.path + ": " + state.what, record.line, record.url);
  }
  ++proof_.files;
  if (state.hashed) ++proof_.hashed;
  if (in_own_job && path->key <= most_lines) files_.insert(path->key);
  if (state.kind == ImageState::wrong) {
    tell(Problem::wrong, record.path + ' ' + state.what, record.line, record.url);
  }
}

void Audit::add_file(std::string_view shard, std::string_view name, bool growing) {
  const auto key = is_shard_name(shard) ? parse_image_name(name) : std::nullopt;
  if (key && files_.contains(*key)) {
    if (seen_files_.insert(*key)) return;
    // Which of the two is the right one, its record says.
    return tell(Problem::stray, where(shard, name) + ": the row has another file, too");
  }
  if (key && growing && *key < rows_.rows()) return;
  tell(Problem::stray, where(shard, name) + ": no record names this file");
}

std::string Audit::where(std::string_view shard, std::string_view name) const {
  std::string text = "images/" + proof_.job + '/';
  if (!shard.empty()) text += std::string(shard) + '/';
  return text + std::string(name);
}

}  // namespace gannet::cli
