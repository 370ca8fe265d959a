#include "cli/report.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>

#include "cli/find_jobs.hpp"
#include "cli/image_file.hpp"
#include "cli/progress_line.hpp"
#include "core/atomic_file.hpp"
#include "core/text.hpp"
#include "page/page.hpp"
#include "page/words.hpp"
#include "report/human.hpp"
#include "store/journal_reader.hpp"

namespace gannet::cli {
namespace {

using store::JournalReader;

constexpr int most_moves = 3;                       // from active/ to done/, while we look
constexpr std::size_t most_trouble = 4 << 10;       // of reason.txt
constexpr std::size_t most_pictures = 768 << 10;    // bytes of all of them, so that a page stays below 2 MB
constexpr std::size_t most_thumbnail = 64 << 10;    // bytes
constexpr std::uint64_t records_a_redraw = 10'000;  // of the progress line

Fault fault(std::string why) { return {Reason::disk_error, std::move(why)}; }

Result<FoundJob> find_one(const Layout& layout, const std::string& name) {
  auto jobs = find_jobs(layout, name);
  if (!jobs) return jobs.error();
  if (jobs->size() != 1) return fault("one job at a time: say which, by its id or the name of its list");
  return std::move(jobs->front());
}

struct Books {
  page::Digest digest;
  std::uint64_t damaged = 0;
};

// As much as was there at first: of a running job more is written all the time, and its last record may be half there.
Result<void> read_journal(JournalReader& reader, bool running, Books& books) {
  ProgressLine line;
  while (reader.consumed() < reader.size()) {
    const auto step = reader.next();
    if (!step) return step.error();
    if (*step == JournalReader::Step::end) break;
    if (*step == JournalReader::Step::record) {
      books.digest.add(reader.record());
    } else if (!running || reader.consumed() < reader.size()) {
      ++books.damaged;
    }
    if (reader.number() % records_a_redraw == 0) {
      line.draw(static_cast<double>(reader.consumed()) / static_cast<double>(reader.size()), reader.number(),
                "records");
    }
  }
  line.clear();
  return {};
}

// A job that ends while we open its journal is looked for once more, where it is now. Before its first record a job has
// no journal.
Result<void> read_job(const Layout& layout, FoundJob& found, Books& books) {
  for (int moves = 0;; ++moves) {
    auto reader = JournalReader::open(found.job.journal());
    if (reader) return read_journal(*reader, found.state == JobState::active, books);
    std::error_code ignored;
    const bool there = std::filesystem::exists(found.job.folder, ignored);
    if (found.state == JobState::active && there && !std::filesystem::exists(found.job.journal(), ignored)) return {};
    if (found.state != JobState::active || there || moves == most_moves) return reader.error();
    auto again = find_one(layout, found.job.id);
    if (!again) return again.error();
    found = std::move(*again);
  }
}

// The smallest that is large enough for a screen, or else the largest there are; 0: none were made.
unsigned thumbnail_side(const std::filesystem::path& folder) {
  constexpr unsigned enough = 128;
  unsigned best = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    unsigned side = 0;
    const auto [rest, wrong] = std::from_chars(name.data(), name.data() + name.size(), side);
    if (wrong != std::errc() || rest != name.data() + name.size()) continue;
    const bool better = best < enough ? side > best : side >= enough && side < best;
    if (better) best = side;
  }
  return best;
}

// Those of the chosen images that are there, as many as fit; `path_of` says where, as below images/.
template <class PathOf>
std::vector<page::Picture> read_pictures(ImageFiles files, const page::Sample& sample, std::size_t most,
                                         PathOf path_of) {
  std::vector<page::Picture> pictures;
  std::size_t bytes = 0;
  for (auto& image : sample.chosen()) {
    const std::string text = path_of(image.path);
    const auto path = parse_image_path(text);
    auto content = path ? files.read(*path, most) : std::nullopt;
    if (!content || content->empty() || bytes + content->size() > most_pictures) continue;
    bytes += content->size();
    pictures.push_back({std::move(image), std::move(*content)});
  }
  return pictures;
}

// Thumbnails where the job has some, else small images as they are.
page::Sheet sheet_of(const Layout& layout, const std::string& job, const page::Digest& digest) {
  const auto thumbnails = layout.thumbnails() / job;
  if (const unsigned side = thumbnail_side(thumbnails); side > 0) {
    // images/<job>/00000/000000011.png is thumbnails/<job>/256/00000/000000011.jpg
    const auto path_of = [side](const std::string& image) {
      const auto path = parse_image_path(image);
      if (!path) return std::string();
      const auto stem = path->name.substr(0, path->name.find('.'));
      return "images/" + std::to_string(side) + '/' + std::string(path->shard) + '/' + std::string(stem) + '.' +
             std::string(thumbnail_extension);
    };
    auto pictures = read_pictures(ImageFiles(thumbnails), digest.sample, most_thumbnail, path_of);
    if (!pictures.empty()) return {std::move(pictures), digest.sample.eligible(), true};
  }
  auto pictures = read_pictures(ImageFiles(layout.images()), digest.small_sample, page::Sample::most_bytes,
                                [](const std::string& image) { return image; });
  return {std::move(pictures), digest.small_sample.eligible(), false};
}

page::JobFacts facts_of(const FoundJob& found, const Books& books) {
  using State = page::JobFacts::State;
  page::JobFacts facts;
  facts.id = found.job.id;
  facts.source = found.job.source;
  facts.state = found.state == JobState::active ? State::running
                : found.state == JobState::done ? State::done
                                                : State::broken;
  if (found.job.claimed != WallTime{}) facts.claimed = found.job.claimed;
  facts.made = wall_now();
  facts.damaged = books.damaged;
  if (found.state == JobState::failed) {
    const auto reason = read_start(found.job.folder / "reason.txt", most_trouble);
    facts.trouble = reason ? *reason : reason.error().detail;
  }
  return facts;
}

Result<void> write(const std::filesystem::path& output, const std::string& text) {
  if (output != "-") return replace_file(output, text);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return disk_fault(errno, "stdout");
  }
  return {};
}

struct Made {
  std::string sentence;
  std::filesystem::path output;
  std::size_t size = 0;
};

Result<Made> make_page(const ReportOptions& options) {
  const Layout layout{options.settings.store.root};
  auto found = find_one(layout, options.job);
  if (!found) return found.error();
  const auto books = std::make_unique<Books>();
  if (auto read = read_job(layout, *found, *books); !read) return read.error();
  const auto facts = facts_of(*found, *books);
  const auto text = page::draw(facts, books->digest, sheet_of(layout, found->job.id, books->digest));
  const auto output = options.output.empty() ? std::filesystem::path(found->job.id + ".html") : options.output;
  if (auto written = write(output, text); !written) return written.error();
  return Made{page::sentence(facts, books->digest), output, text.size()};
}

}  // namespace

int report(const ReportOptions& options) {
  const auto made = make_page(options);
  if (!made) {
    std::fprintf(stderr, "gannet: %s\n", report::printable(made.error().detail).c_str());
    return 1;
  }
  if (made->output != "-") {
    std::printf("%s\n-> %s (%s)\n", report::printable(made->sentence).c_str(),
                report::printable(made->output.string()).c_str(), human_bytes(made->size).c_str());
  }
  return 0;
}

}  // namespace gannet::cli
