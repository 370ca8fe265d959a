#include "cli/prove.hpp"

#include <boost/json.hpp>

#include "cli/audit.hpp"
#include "core/disk.hpp"
#include "core/text.hpp"
#include "inbox/list.hpp"
#include "report/totals_json.hpp"
#include "store/journal_reader.hpp"

namespace gannet::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

using store::JournalReader;

constexpr std::size_t rows_a_turn = 4096;
constexpr std::uint64_t records_a_turn = 1024;
constexpr std::size_t longest_summary = 1 << 20;

class Prover {
 public:
  Prover(const FoundJob& job, const ProofOptions& options, const ProofProgress& progress)
      : found_(job),
        job_(job.job),
        options_(options),
        progress_(progress),
        images_(options.layout, options.hashes),
        audit_(first_words(job), images_, options.told) {}

  Proof run() {
    // Looked at first: once there is a journal, the list is there and is one.
    std::error_code ignored;
    begun_ = found_.state != JobState::active ||
             fs::symlink_status(job_.journal(), ignored).type() != fs::file_type::not_found;
    read_list();
    read_journal();
    audit_.compare_urls();
    count_open_rows();
    look_for_strays();
    if (found_.state != JobState::active) {
      check_summary();
      check_retry_list();
    }
    return std::move(proof());
  }

 private:
  static Proof first_words(const FoundJob& job) {
    Proof proof;
    proof.job = job.job.id;
    proof.state = name_of(job.state);
    return proof;
  }

  Proof& proof() { return audit_.proof(); }
  void note(std::string text) { proof().notes.push_back(std::move(text)); }
  void unproven(std::string why) {
    if (proof().unproven.empty()) proof().unproven = std::move(why);
  }

  Result<void> each_row(const std::function<bool(const Row&)>& take) const {
    const auto list = inbox::open_with_options(job_.list(), options_.lists, job_.list_state);
    if (!list) return list.error();
    std::vector<Row> rows;
    for (bool more = true; more;) {
      const auto read = list->rows->read(rows, rows_a_turn);
      if (!read) return read.error();
      more = *read;
      for (const Row& row : rows) {
        if (!take(row)) return {};
      }
      rows.clear();
    }
    return {};
  }

  // The list of a job in failed/ is known to be broken. In any other job it is what the proof stands on.
  void read_list() {
    const auto read = each_row([this](const Row& row) {
      audit_.add(row);
      return true;
    });
    proof().rows = audit_.rows().rows();
    if (read) return;
    audit_.rest_unread();
    const std::string why = "the list cannot be read to its end: " + read.error().detail;
    if (!begun_) {
      note("it has not begun: it is being taken from the inbox, or is about to be rejected");
    } else if (found_.state == JobState::failed) {
      note(why);
    } else {
      unproven(why);
    }
  }

  void read_journal() {
    std::error_code ignored;
    auto reader = JournalReader::open(job_.journal());
    if (!reader) {
      // A job that has just been claimed has none yet.
      const bool none = fs::symlink_status(job_.journal(), ignored).type() == fs::file_type::not_found;
      if (!none || found_.state != JobState::active) unproven(reader.error().detail);
      return;
    }
    std::uint64_t bad_first = 0, bad_lines = 0;  // lines that are no records, with no good one behind them so far
    for (;;) {
      const auto step = reader->next();
      if (!step) return unproven(step.error().detail);
      if (*step == JournalReader::Step::end) break;
      if (*step == JournalReader::Step::damaged) {
        if (bad_lines++ == 0) bad_first = reader->number();
        continue;
      }
      for (; bad_lines > 0; --bad_lines) {
        audit_.tell(Problem::wrong, "results.jsonl:" + std::to_string(bad_first++) + ": this is no record");
      }
      audit_.add(reader->record(), reader->text());
      if (reader->number() % records_a_turn == 0) tell_progress(*reader);
    }
    if (bad_lines > 0) torn_end(bad_first);
  }

  void tell_progress(const JournalReader& reader) const {
    const auto size = static_cast<double>(std::max<std::uint64_t>(reader.size(), 1));
    progress_(std::min(static_cast<double>(reader.consumed()) / size, 1.0), reader.number());
  }

  void torn_end(std::uint64_t number) {
    const std::string where = "results.jsonl:" + std::to_string(number) + ": ";
    if (found_.state == JobState::active) {
      note(where + "half a record: it is being written, or a crash left it and the next start cuts it off");
    } else {
      audit_.tell(Problem::wrong, where + "half a record at the end of the journal");
    }
  }

  void count_open_rows() {
    if (audit_.open_rows() == 0) return;
    if (found_.state == JobState::active) {
      proof().not_yet = audit_.open_rows();
      return;
    }
    const auto read = each_row([this](const Row& row) {
      if (!audit_.rows().has(row.line) || audit_.has_record(row.line)) return true;
      if (found_.state == JobState::failed && row.line > audit_.last_recorded()) {
        ++proof().not_yet;  // the list broke before
      } else {
        audit_.tell(Problem::missing, "the line has no record", row.line, row.url);
      }
      return true;
    });
    if (!read && found_.state != JobState::failed) unproven("the list cannot be read again: " + read.error().detail);
  }

  void look_for_strays() {
    const fs::path folder = options_.layout.images() / job_.id;
    std::error_code error;
    const auto kind = fs::symlink_status(folder, error).type();
    if (kind == fs::file_type::not_found) return;
    if (kind != fs::file_type::directory) {
      return audit_.tell(Problem::wrong, "images/" + job_.id + " is not a folder, and was not entered");
    }
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename().string();
      std::error_code ignored;
      if (fs::is_directory(at->symlink_status(ignored))) {
        error = look_into_shard(at->path(), name);
        if (error) break;
      } else {
        add_file({}, name);
      }
    }
    if (error) unproven(folder.string() + ": " + error.message());
  }

  std::error_code look_into_shard(const fs::path& folder, const std::string& shard) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      add_file(shard, at->path().filename().string());
    }
    return error;
  }

  void add_file(std::string_view shard, std::string_view name) {
    audit_.add_file(shard, name, found_.state == JobState::active);
  }

  void check_summary() {
    const auto text = read_start(job_.folder / "summary.json", longest_summary);
    boost::system::error_code error;
    const auto value = text ? json::parse(*text, error) : json::value();
    if (!text || error || !value.is_object()) {
      return audit_.tell(Problem::wrong, "summary.json is missing or damaged");
    }
    const Totals said = report::parse_totals(value.get_object());
    const Totals& is = proof().totals;
    compare("lines", said.lines, is.lines);
    compare("bytes", said.bytes, is.bytes);
    for (const auto outcome : {Outcome::ok, Outcome::failed, Outcome::skipped, Outcome::invalid}) {
      compare(to_string(outcome), said.of(outcome), is.of(outcome));
    }
    for (std::size_t i = 1; i < reason_count; ++i) {
      compare(to_string(static_cast<Reason>(i)), said.by_reason[i], is.by_reason[i]);
    }
  }

  void compare(std::string_view what, std::uint64_t said, std::uint64_t is) {
    if (said == is) return;
    audit_.tell(Problem::wrong, "summary.json says " + std::string(what) + " " + human_count(said) +
                                    ", the records say " + human_count(is));
  }

  // Its rows are the failed lines, in the order of the list.
  void check_retry_list() {
    const auto list = inbox::open_list(job_.folder / "retry.jsonl", options_.lists);
    if (!list) return audit_.tell(Problem::wrong, "retry.jsonl: " + list.error().detail);
    const std::uint64_t failed = audit_.failed().size();
    std::uint64_t line = 0, count = 0;
    std::vector<Row> rows;
    for (bool more = true; more;) {
      rows.clear();
      const auto read = (*list)->read(rows, rows_a_turn);
      if (!read) return audit_.tell(Problem::wrong, "retry.jsonl: " + read.error().detail);
      more = *read;
      for (const Row& row : rows) {
        if (++count > failed) continue;
        do ++line;
        while (!audit_.failed().contains(line));
        if (!audit_.rows().has(line) || audit_.rows().may_have_url(line, row.url)) continue;
        return audit_.tell(Problem::wrong, "retry.jsonl:" + std::to_string(row.line) + " is not the line that failed",
                           line, row.url);
      }
    }
    if (count == failed) return;
    const std::string says =
        "retry.jsonl has " + human_count(count) + " lines, " + human_count(failed) + " lines failed";
    if (count < failed && !audit_.whole_list()) return note(says + ": the rest of the list could not be read");
    audit_.tell(Problem::wrong, says);
  }

  const FoundJob& found_;
  const Job& job_;
  const ProofOptions& options_;
  const ProofProgress& progress_;
  bool begun_ = true;
  ImageFiles images_;
  Audit audit_;
};

}  // namespace

Proof prove(const FoundJob& job, const ProofOptions& options, const ProofProgress& progress) {
  return Prover(job, options, progress).run();
}

}  // namespace gannet::cli
