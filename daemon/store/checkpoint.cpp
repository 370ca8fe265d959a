#include "store/checkpoint.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <boost/json.hpp>
#include <cstring>

#include "core/disk.hpp"

namespace gannet::store {
namespace {

namespace json = boost::json;

static_assert(std::endian::native == std::endian::little, "words are written as they are");

constexpr std::string_view first_line = "gannet checkpoint 1 ";  // then the hash of all that follows
constexpr std::size_t hash_digits = 64;
constexpr std::size_t most_words = most_lines / 64;
constexpr std::size_t longest_head = 64 << 10;
constexpr std::size_t longest = 2 * most_words * sizeof(std::uint64_t) + longest_head;
constexpr std::uint64_t journal_end_size = 4096;

std::filesystem::path path_of(const Job& job) { return job.folder / "checkpoint"; }

std::string sha256(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest, &size) != 1) return {};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 15];
  }
  return hex;
}

// Which journal it is: the hash of the last bytes of the part that the checkpoint stands for.
Result<std::string> journal_end(const Job& job, std::uint64_t bytes) {
  auto file = open_file(job.journal(), O_RDONLY | O_NONBLOCK);
  if (!file) return file.error();
  std::string end(std::min(bytes, journal_end_size), '\0');
  const auto count = ::pread(file->get(), end.data(), end.size(), static_cast<off_t>(bytes - end.size()));
  if (count < 0) return disk_fault(errno, job.journal().string());
  const bool whole = static_cast<std::size_t>(count) == end.size() && (end.empty() || end.back() == '\n');
  if (!whole) return Fault{Reason::disk_error, "the journal is shorter or another"};
  return sha256(end);
}

// The last words may be room that was asked for ahead.
std::size_t used(const LineSet& lines) {
  const auto& words = lines.words();
  const auto last = std::find_if(words.rbegin(), words.rend(), [](std::uint64_t word) { return word != 0; });
  return static_cast<std::size_t>(words.rend() - last);
}

json::object head_of(const LineSet& lines) { return {{"settled", lines.settled()}, {"words", used(lines)}}; }

void append_words(std::string& text, const LineSet& lines) {
  text.append(reinterpret_cast<const char*>(lines.words().data()), used(lines) * sizeof(std::uint64_t));
}

json::object totals_json(const Totals& totals) {
  json::object outcomes, reasons;
  for (std::size_t i = 0; i < totals.by_outcome.size(); ++i) {
    outcomes[to_string(static_cast<Outcome>(i))] = totals.by_outcome[i];
  }
  for (std::size_t i = 1; i < reason_count; ++i) {
    if (totals.by_reason[i] > 0) reasons[to_string(static_cast<Reason>(i))] = totals.by_reason[i];
  }
  return {{"lines", totals.lines}, {"bytes", totals.bytes}, {"outcomes", outcomes}, {"reasons", reasons}};
}

// Throws what boost::json throws when something is missing or no number.
std::uint64_t number(const json::object& object, std::string_view name) {
  return object.at(name).to_number<std::uint64_t>();
}

Totals read_totals(const json::object& object) {
  Totals totals;
  totals.lines = number(object, "lines");
  totals.bytes = number(object, "bytes");
  for (const auto& member : object.at("outcomes").as_object()) {
    const auto outcome = parse_outcome(member.key()).value();
    totals.by_outcome[static_cast<std::size_t>(outcome)] = member.value().to_number<std::uint64_t>();
  }
  for (const auto& member : object.at("reasons").as_object()) {
    const auto reason = parse_reason(member.key()).value();
    totals.by_reason[static_cast<std::size_t>(reason)] = member.value().to_number<std::uint64_t>();
  }
  totals.by_reason[0] = totals.of(Outcome::ok);
  return totals;
}

// Takes the words of a set off `rest`.
LineSet read_set(const json::object& head, std::string_view& rest) {
  const auto settled = number(head, "settled");
  const auto count = number(head, "words");
  if (settled % 64 != 0 || settled > most_lines || count > most_words || rest.size() < count * sizeof(std::uint64_t)) {
    throw std::out_of_range("a set of lines that cannot be");
  }
  std::vector<std::uint64_t> words(count);
  if (count > 0) std::memcpy(words.data(), rest.data(), count * sizeof(std::uint64_t));
  rest.remove_prefix(count * sizeof(std::uint64_t));
  return {settled, std::move(words)};
}

Progress parse(std::string_view text, const Job& job, std::string& end) {
  const auto head_size = std::min(text.find('\n'), longest_head);
  json::value value = json::parse(text.substr(0, head_size));
  const json::object& head = value.as_object();
  text.remove_prefix(std::min(head_size + 1, text.size()));
  Progress progress;
  progress.lines = read_set(head.at("lines").as_object(), text);
  progress.files = read_set(head.at("files").as_object(), text);
  if (!text.empty()) throw std::out_of_range("more than belongs to it");
  progress.totals = read_totals(head.at("totals").as_object());
  progress.shard_size = number(head, "shard_size");
  const json::object& journal = head.at("journal").as_object();
  progress.journal_bytes = number(journal, "bytes");
  progress.journal_lines = number(journal, "lines");
  end = journal.at("end").as_string();
  const json::object& list = head.at("list").as_object();
  const ListMark mark{number(list, "offset"), number(list, "line"), number(list, "key")};
  if (mark.line > most_lines || mark.key > mark.line || progress.lines.settled() > mark.line + 1 ||
      progress.files.settled() > mark.key) {
    throw std::out_of_range("lines without a record that it takes for settled");
  }
  // In another list other lines are rows: only single records can tell what is missing there.
  const std::string_view identity = list.at("identity").as_string();
  if (identity.empty() || identity != list_identity(job)) throw std::invalid_argument("the list is another one by now");
  progress.mark = mark;
  progress.urls = number(list, "urls");
  return progress;
}

Fault worthless(const std::string& why) { return {Reason::disk_error, why}; }

}  // namespace

std::string list_identity(const Job& job) {
  struct stat status {};
  if (::stat(job.list().c_str(), &status) != 0) return {};
  return std::to_string(status.st_ino) + '-' + std::to_string(status.st_size) + '-' +
         std::to_string(status.st_mtim.tv_sec) + '.' + std::to_string(status.st_mtim.tv_nsec);
}

Result<void> write_checkpoint(const Job& job, const Progress& progress, const std::string& list, Durable durable) {
  const auto end = journal_end(job, progress.journal_bytes);
  if (!end) return end.error();
  const json::object head{
      {"journal", {{"bytes", progress.journal_bytes}, {"lines", progress.journal_lines}, {"end", *end}}},
      {"list",
       {{"identity", list},
        {"offset", progress.mark.offset},
        {"line", progress.mark.line},
        {"key", progress.mark.key},
        {"urls", progress.urls}}},
      {"lines", head_of(progress.lines)},
      {"files", head_of(progress.files)},
      {"shard_size", progress.shard_size},
      {"totals", totals_json(progress.totals)}};
  std::string body = json::serialize(head) + '\n';
  append_words(body, progress.lines);
  append_words(body, progress.files);
  body.insert(0, std::string(first_line) + sha256(body) + '\n');
  return replace_file(path_of(job), body, durable);
}

void remove_checkpoint(const Job& job) { ::unlink(path_of(job).c_str()); }

Result<std::optional<Progress>> read_checkpoint(const Job& job) {
  struct stat status {};
  if (::lstat(path_of(job).c_str(), &status) != 0 && errno == ENOENT) return std::optional<Progress>();
  if (!S_ISREG(status.st_mode)) return worthless("it is not a regular file");
  if (static_cast<std::uint64_t>(status.st_size) > longest) return worthless("it is too large");
  const auto text = read_start(path_of(job), static_cast<std::size_t>(status.st_size));
  if (!text) return text.error();
  std::string_view rest = *text;
  if (!rest.starts_with(first_line)) return worthless("it is of another version, or none");
  rest.remove_prefix(first_line.size());
  const auto hash = rest.substr(0, hash_digits);
  if (rest.size() <= hash_digits || rest[hash_digits] != '\n') return worthless("it is torn");
  rest.remove_prefix(hash_digits + 1);
  if (sha256(rest) != hash) return worthless("it is torn or damaged");
  Progress progress;
  std::string end;
  try {
    progress = parse(rest, job, end);
  } catch (const std::exception& error) {
    return worthless(std::string("what it says cannot be: ") + error.what());
  }
  const auto found = journal_end(job, progress.journal_bytes);
  if (!found) return found.error();
  if (*found != end) return worthless("the journal is another");
  return std::optional(std::move(progress));
}

}  // namespace gannet::store
