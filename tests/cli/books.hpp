// The books of jobs, made by hand, as the daemon leaves them: a root that balances until a test changes something.
#pragma once

#include <openssl/evp.h>

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_test.hpp"
#include "core/job.hpp"
#include "core/layout.hpp"
#include "core/record.hpp"
#include "core/totals.hpp"
#include "report/summary.hpp"

namespace gannet::cli {

inline std::string sha256_hex(std::string_view bytes) {
  unsigned char hash[32];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), hash, &size, EVP_sha256(), nullptr);
  std::string text;
  for (const unsigned char byte : hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

class BooksTest : public CommandTest {
 protected:
  static constexpr const char* id = "20261126T120000-0001-cats";

  BooksTest() {
    for (const auto& path : {layout.inbox() / "urgent", layout.inbox() / "bulk", layout.active(), layout.done(),
                             layout.failed(), layout.rejected(), layout.images()}) {
      std::filesystem::create_directories(path);
    }
  }

  /// A job of six rows on lines 2 to 7: four ok, one failed (http_status), one invalid. Row n of it is on line n + 2.
  void make_job(const std::string& job = id, const std::string& state = "done") {
    const auto at = layout.root / state / job;
    std::filesystem::create_directories(at);
    std::string list = "# cats\n", journal;
    Totals totals;
    for (std::uint64_t key = 0; key < 6; ++key) {
      const Record record = record_of(job, key);
      list += record.url + '\n';
      append_json(journal, record, job);
      totals.add(record);
      if (record.outcome == Outcome::ok) {
        std::filesystem::create_directories((layout.root / record.path).parent_path());
        test::write_file(layout.root / record.path, bytes_of(key));
      }
    }
    test::write_file(at / "list.txt", list);
    test::write_file(at / "results.jsonl", journal);
    if (state == "active") return;
    Job named;
    named.id = job;
    named.source = "cats.txt";
    test::write_file(at / "summary.json", report::summary_json(named, totals, wall_now()));
    test::write_file(at / "retry.jsonl", "{\"url\":\"http://example.org/4\"}\n");
  }

  static std::string bytes_of(std::uint64_t key) { return "image " + std::to_string(key * 1111); }

  static Record record_of(const std::string& job, std::uint64_t key) {
    Record record;
    record.time = wall_now();
    record.line = key + 2;
    record.url = key == 5 ? "nonsense" : "http://example.org/" + std::to_string(key);
    if (key == 5) {
      record.outcome = Outcome::invalid;
      record.reason = Reason::bad_url;
    } else if (key == 4) {
      record.outcome = Outcome::failed;
      record.reason = Reason::http_status;
      record.http_status = 404;
      record.attempts = 1;
    } else {
      record.attempts = 1;
      record.bytes = bytes_of(key).size();
      record.sha256 = sha256_hex(bytes_of(key));
      record.path = path_of(job, key);
    }
    return record;
  }

  /// Two images a shard.
  static std::string path_of(const std::string& job, std::uint64_t key) {
    return "images/" + job + '/' + image_name(key, 2, "jpg");
  }

  std::filesystem::path image(std::uint64_t key) const { return layout.root / path_of(id, key); }
  std::filesystem::path journal(const std::string& state = "done") const {
    return layout.root / state / id / "results.jsonl";
  }

  /// The journal as lines, changed, and written again.
  template <class Change>
  void change_journal(Change change, const std::string& state = "done") {
    std::string text = test::read_file(journal(state));
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at + 1));
      at = end + 1;
    }
    change(lines);
    text.clear();
    for (const auto& line : lines) text += line;
    test::write_file(journal(state), text);
  }

  static void replace(std::string& text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    ASSERT_NE(at, text.npos) << what << " in " << text;
    text.replace(at, what.size(), with);
  }

  Layout layout{folder / "root"};
};

}  // namespace gannet::cli
