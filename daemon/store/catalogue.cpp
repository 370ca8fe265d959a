#include "store/catalogue.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <limits>

#include "core/url.hpp"
#include "core/url_spelling.hpp"

namespace gannet::store {
namespace {

constexpr std::uint64_t most_waiting = 100'000;  // rows to be written
constexpr unsigned trimmed_at_once = 20'000;     // rows, in a transaction

std::optional<struct stat> look(const Descriptor& root, const std::string& path) {
  struct stat file {};
  const bool there = ::fstatat(root.get(), path.c_str(), &file, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(file.st_mode);
  return there ? std::optional(file) : std::nullopt;
}

std::int64_t modified(const struct stat& file) {
  return std::int64_t{file.st_mtim.tv_sec} * 1'000'000'000 + file.st_mtim.tv_nsec;
}

std::int64_t to_number(WallTime time) { return time.time_since_epoch().count(); }

// As both the list's and the database's spelling of a URL are looked up.
std::string key_of(const Url& url) { return one_spelling(url.text()); }

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_format(std::string_view text) {
  return text.size() <= 8 && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

bool is_side(std::int64_t pixels) { return pixels >= 0 && pixels <= std::numeric_limits<std::uint32_t>::max(); }

// Whoever can write to the database can write anything into it: what could not have come from us is no row.
std::optional<Earlier> checked(const Statement& row) {
  Earlier earlier;
  earlier.final_url = row.text(0);
  earlier.validators = {row.text(1), row.text(2)};
  earlier.sha256 = row.text(3);
  const auto bytes = row.number(4), width = row.number(8), height = row.number(9);
  earlier.path = row.text(5);
  earlier.modified = row.number(6);
  earlier.format = row.text(7);
  earlier.checked = WallTime(milliseconds(row.number(10)));
  if (!is_image_path(earlier.path) || bytes < 0 || !is_side(width) || !is_side(height)) return std::nullopt;
  if (!is_format(earlier.format) || (!earlier.sha256.empty() && !is_sha256(earlier.sha256))) return std::nullopt;
  if (!earlier.final_url.empty()) {
    const auto url = Url::parse(earlier.final_url);
    if (!url || url->text() != earlier.final_url) return std::nullopt;
  }
  if (!is_etag(earlier.validators.etag)) earlier.validators.etag.clear();
  if (!is_last_modified(earlier.validators.last_modified)) earlier.validators.last_modified.clear();
  earlier.bytes = static_cast<std::uint64_t>(bytes);
  earlier.width = static_cast<std::uint32_t>(width);
  earlier.height = static_cast<std::uint32_t>(height);
  return earlier;
}

}  // namespace

std::unique_ptr<Catalogue> Catalogue::open(const Layout& layout, const StoreSettings& settings) {
  const auto without = [](const Fault& fault) {
    spdlog::warn("{}; going on without a catalogue: everything is fetched as if for the first time", fault.detail);
    return nullptr;
  };
  auto root = open_file(layout.root, O_RDONLY | O_DIRECTORY);
  if (!root) return without(root.error());
  auto file = open_catalogue(layout.catalogue(), settings);
  if (!file) return without(file.error());
  auto catalogue = std::make_unique<Catalogue>(layout, settings, std::move(*file), std::move(*root));
  if (const auto prepared = catalogue->prepare(); !prepared.good()) {
    return without({Reason::disk_error, layout.catalogue().string() + ": " + prepared.text});
  }
  catalogue->thread_ = std::thread([raw = catalogue.get()] {
    pthread_setname_np(pthread_self(), "catalogue");
    raw->run();
  });
  return catalogue;
}

Catalogue::Catalogue(const Layout& layout, const StoreSettings& settings, CatalogueFile file, Descriptor root)
    : path_(layout.catalogue()), settings_(settings), root_(std::move(root)), file_(std::move(file)), mailbox_([this] {
        bell_.ring();
      }) {}

Catalogue::~Catalogue() {
  stop_ = true;
  bell_.ring();
  if (thread_.joinable()) thread_.join();
  if (!damaged_) return;
  for (auto* statement : {&find_, &put_, &confirm_, &trim_}) *statement = Statement();
  file_ = CatalogueFile();
  if (!put_aside(path_)) spdlog::warn("{} is damaged; it is now {}.damaged", path_.string(), path_.filename().string());
}

SqlStatus Catalogue::prepare() {
  auto done = file_.read.prepare(
      "SELECT final_url, etag, last_modified, sha256, bytes, path, modified, format, width, height, checked FROM files "
      "WHERE url = ?1",
      find_);
  // A row that is replaced gets the highest id: those with the lowest were longest not looked at.
  if (done.good()) {
    done = file_.write.prepare(
        "REPLACE INTO files (url, final_url, etag, last_modified, sha256, bytes, path, modified, format, width, "
        "height, "
        "fetched, checked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)",
        put_);
  }
  if (done.good()) {
    done = file_.write.prepare(
        "UPDATE files SET checked = ?3, id = (SELECT max(id) + 1 FROM files) WHERE url = ?1 AND path = ?2", confirm_);
  }
  if (done.good()) {
    done = file_.write.prepare(
        "DELETE FROM files WHERE id IN (SELECT id FROM files WHERE id <= (SELECT max(id) FROM files) - ?1 ORDER BY id "
        "LIMIT ?2)",
        trim_);
  }
  return done;
}

std::optional<Earlier> Catalogue::find(std::string_view url) {
  if (damaged_.load(std::memory_order_relaxed)) return std::nullopt;
  const std::string key = one_spelling(url);
  find_.bind(1, key, false);
  std::optional<Earlier> earlier;
  if (find_.step()) earlier = checked(find_);
  if (const auto status = find_.reset(); status.damaged()) fail(status);
  if (!earlier) return std::nullopt;
  const auto file = look(root_, earlier->path);
  const bool same =
      file && modified(*file) == earlier->modified && static_cast<std::uint64_t>(file->st_size) == earlier->bytes;
  return same ? std::move(earlier) : std::nullopt;
}

std::unique_ptr<Catalogue::Finder> Catalogue::make_finder() {
  std::unique_ptr<Finder> finder(new Finder(*this));
  auto done = open_reader(path_, settings_, finder->database_);
  // The newest: one that has as many names as it may is followed by another.
  if (done.good()) {
    done = finder->database_.prepare("SELECT path FROM files WHERE sha256 = ?1 AND bytes = ?2 ORDER BY id DESC LIMIT 1",
                                     finder->find_);
  }
  if (done.good()) return finder;
  spdlog::warn("{}: {}; store.hard_links has no effect", path_.string(), done.text);
  return nullptr;
}

std::optional<std::string> Catalogue::Finder::find(std::string_view sha256, std::uint64_t bytes) {
  if (catalogue_->damaged_.load(std::memory_order_relaxed)) return std::nullopt;
  find_.bind(1, sha256, false);
  find_.bind(2, static_cast<std::int64_t>(bytes));
  std::optional<std::string> path;
  if (find_.step()) path = find_.text(0);
  if (const auto status = find_.reset(); status.damaged()) catalogue_->fail(status);
  return path && is_image_path(*path) ? std::move(path) : std::nullopt;
}

void Catalogue::tell(const std::vector<Record>& records) {
  if (damaged_.load(std::memory_order_relaxed)) return;
  std::vector<Row> rows;
  for (const auto& record : records) {
    if (record.outcome != Outcome::ok) continue;
    if (record.from_catalogue) {
      (record.attempts > 0 ? unchanged_ : taken_).fetch_add(1, std::memory_order_relaxed);
    }
    if (record.attempts == 0 || record.asked_specially || record.picture.original_width > 0) continue;
    rows.push_back({record.url, record.final_url, record.validators, record.sha256, record.path, record.format,
                    record.bytes, record.width, record.height, record.time, record.from_catalogue});
  }
  if (rows.empty()) return;
  if (waiting_.load(std::memory_order_relaxed) >= most_waiting) {
    left_out_.fetch_add(rows.size(), std::memory_order_relaxed);
    return;
  }
  waiting_.fetch_add(rows.size(), std::memory_order_relaxed);
  mailbox_.post(std::move(rows));
}

CatalogueStatus Catalogue::status() const {
  return {taken_.load(), unchanged_.load(), linked_.load(), left_out_.load()};
}

void Catalogue::run() {
  auto last = Clock::now();
  const auto take_in = [this] {
    std::vector<Row> rows;
    mailbox_.drain([&rows](std::vector<Row>&& more) {
      rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    });
    if (!rows.empty()) write(std::move(rows));
  };
  while (!stop_) {
    bell_.wait();
    // What has come stays in the mailbox until it is due, as with the committer.
    for (const auto due = last + settings_.sync_interval; !stop_ && Clock::now() < due;) bell_.wait_until(due);
    take_in();
    last = Clock::now();
  }
  take_in();
}

void Catalogue::write(std::vector<Row> rows) {
  auto done = damaged_ ? SqlStatus{SQLITE_CORRUPT, {}} : write_all(rows);
  waiting_.fetch_sub(rows.size(), std::memory_order_relaxed);
  if (done.good()) {
    if (std::exchange(failing_, false)) spdlog::info("{} is written to again", path_.string());
    return;
  }
  left_out_.fetch_add(rows.size(), std::memory_order_relaxed);
  fail(done);
}

SqlStatus Catalogue::write_all(const std::vector<Row>& rows) {
  auto done = file_.write.run("BEGIN IMMEDIATE");
  if (!done.good()) return done;
  for (auto row = rows.begin(); row != rows.end() && done.good(); ++row) done = put(*row);
  if (done.good()) done = trim();
  if (done.good()) done = file_.write.run("COMMIT");
  if (!done.good()) (void)file_.write.run("ROLLBACK");
  return done;
}

SqlStatus Catalogue::put(const Row& row) {
  const auto url = Url::parse(row.url);
  if (!url) return {};
  const auto key = key_of(*url);
  if (row.unchanged) {
    confirm_.bind(1, key, false);
    confirm_.bind(2, row.path, false);
    confirm_.bind(3, to_number(row.time));
    (void)confirm_.step();
    return confirm_.reset();
  }
  const auto file = look(root_, row.path);
  if (!file || static_cast<std::uint64_t>(file->st_size) != row.bytes) return {};
  put_.bind(1, key, false);
  put_.bind(2, row.final_url);
  put_.bind(3, row.validators.etag);
  put_.bind(4, row.validators.last_modified);
  put_.bind(5, row.sha256);
  put_.bind(6, static_cast<std::int64_t>(row.bytes));
  put_.bind(7, row.path);
  put_.bind(8, modified(*file));
  put_.bind(9, row.format);
  put_.bind(10, std::int64_t{row.width});
  put_.bind(11, std::int64_t{row.height});
  put_.bind(12, to_number(row.time));
  (void)put_.step();
  return put_.reset();
}

SqlStatus Catalogue::trim() {
  trim_.bind(1, std::int64_t{settings_.catalogue_rows});
  trim_.bind(2, std::int64_t{trimmed_at_once});
  (void)trim_.step();
  return trim_.reset();
}

// On either thread.
void Catalogue::fail(const SqlStatus& status) {
  if (status.damaged()) {
    if (damaged_.exchange(true)) return;
    spdlog::error("{}: {}; going on without a catalogue until the next start", path_.string(), status.text);
  } else if (!std::exchange(failing_, true)) {
    spdlog::warn("{} cannot be written to: {}; what is fetched meanwhile is not remembered there", path_.string(),
                 status.code == SQLITE_BUSY ? "somebody else has locked it" : status.text);
  }
}

}  // namespace gannet::store
