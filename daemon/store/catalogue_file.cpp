#include "store/catalogue_file.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "core/disk.hpp"

namespace gannet::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view id_of_application = "1735290484";  // "gnnt"
constexpr int version = 1;
constexpr int pages_between_checkpoints = 8192;  // 32 MiB
constexpr milliseconds patience{2000};           // with others who have it open

constexpr std::string_view schema =
    "CREATE TABLE files (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, final_url TEXT, etag TEXT, "
    "last_modified TEXT, sha256 TEXT, bytes INTEGER NOT NULL, path TEXT NOT NULL, modified INTEGER NOT NULL, "
    "format TEXT, width INTEGER, height INTEGER, fetched INTEGER NOT NULL, checked INTEGER NOT NULL)";

// Only where images are looked up by their bytes: it costs as much again as all the rest.
constexpr std::string_view index = "CREATE INDEX files_sha256 ON files (sha256)";

enum class Kind : unsigned char { fresh, ours, newer, foreign, unusable };

struct Look {
  Kind kind = Kind::unusable;
  SqlStatus status;
};

// All that is in the file, an index by which it is looked up apart: anything more would be somebody else's.
Look look_at(Database& database) {
  Statement objects;
  std::string tables;
  if (const auto prepared =
          database.prepare("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY rowid", objects);
      !prepared.good()) {
    return {Kind::unusable, prepared};
  }
  while (objects.step()) tables += objects.text(0) + ';';
  if (const auto read = objects.reset(); !read.good()) return {Kind::unusable, read};
  const auto application = database.ask("PRAGMA application_id").value_or("");
  const int is = std::atoi(database.ask("PRAGMA user_version").value_or("").c_str());
  if (tables.empty() && application == "0" && is == 0) return {Kind::fresh, {}};
  if (application != id_of_application) return {Kind::foreign, {}};
  if (is > version) return {Kind::newer, {}};
  const auto plain = std::string(schema) + ';';
  const bool is_ours = tables == plain || tables == plain + std::string(index) + ';';
  return {is_ours ? Kind::ours : Kind::foreign, {}};
}

Fault fault(const fs::path& path, const std::string& why) { return {Reason::disk_error, path.string() + ": " + why}; }

std::string pragmas(const StoreSettings& settings, ByteCount memory) {
  return "PRAGMA busy_timeout=" + std::to_string(patience.count()) + "; PRAGMA cache_size=-" +
         std::to_string(std::max<ByteCount>(memory >> 10, 64)) +
         "; PRAGMA synchronous=" + (settings.sync == Sync::none ? "OFF" : "NORMAL") + ';';
}

// Nothing when the file was put aside and is to be made anew.
std::optional<Result<CatalogueFile>> try_open(const fs::path& path, const StoreSettings& settings) {
  CatalogueFile file;
  const auto refused = [&](const SqlStatus& status) {
    return Result<CatalogueFile>(fault(path, status.code == SQLITE_BUSY ? "somebody else has locked it" : status.text));
  };
  const auto put_aside_for = [&](std::string_view why) -> std::optional<Result<CatalogueFile>> {
    file = CatalogueFile();  // closed
    if (const auto error = put_aside(path)) {
      return Result<CatalogueFile>(fault(path, std::string(why) + ", and it cannot be put aside: " + error.message()));
    }
    spdlog::warn("{}: {}; it is now {}.damaged, and a new one is begun", path.string(), why, path.filename().string());
    return std::nullopt;
  };

  auto opened = file.write.open(path, SQLITE_OPEN_READWRITE);
  if (opened.good()) opened = file.write.run(pragmas(settings, settings.catalogue_memory / 2));
  if (opened.damaged()) return put_aside_for(opened.text);
  if (!opened.good()) return refused(opened);
  const auto [kind, status] = look_at(file.write);
  if (kind == Kind::unusable) return status.damaged() ? put_aside_for(status.text) : refused(status);
  if (kind == Kind::foreign) return put_aside_for("not a catalogue of gannet");
  if (kind == Kind::newer) return Result<CatalogueFile>(fault(path, "made by a newer version of gannet"));
  auto done =
      file.write.run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=" + std::to_string(pages_between_checkpoints) +
                     "; PRAGMA journal_size_limit=67108864");
  if (done.good() && kind == Kind::fresh) {
    done = file.write.run("BEGIN IMMEDIATE; " + std::string(schema) +
                          "; PRAGMA application_id=" + std::string(id_of_application) +
                          "; PRAGMA user_version=" + std::to_string(version) + "; COMMIT");
  }
  if (done.good() && settings.hard_links &&
      !file.write.ask("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL")) {
    done = file.write.run(std::string(index));
  }
  if (done.good()) done = open_reader(path, settings, file.read);
  if (done.damaged()) return put_aside_for(done.text);
  if (!done.good()) return refused(done);
  return Result<CatalogueFile>(std::move(file));
}

}  // namespace

SqlStatus open_reader(const fs::path& path, const StoreSettings& settings, Database& database) {
  auto done = database.open(path, SQLITE_OPEN_READONLY);
  if (done.good()) done = database.run(pragmas(settings, settings.catalogue_memory / 2));
  if (done.good())
    done = database.run("PRAGMA busy_timeout=0; PRAGMA query_only=ON");  // better unknown than waited for
  return done;
}

Result<CatalogueFile> open_catalogue(const fs::path& path, const StoreSettings& settings) {
  std::error_code error;
  const auto kind = fs::symlink_status(path, error).type();
  if (kind != fs::file_type::regular && kind != fs::file_type::not_found) return fault(path, "not a regular file");
  // Made here, because SQLite would let everybody read it.
  if (auto made = open_file(path, O_RDWR | O_CREAT); !made) return made.error();
  if (auto opened = try_open(path, settings)) return std::move(*opened);
  if (auto made = open_file(path, O_RDWR | O_CREAT); !made) return made.error();
  if (auto opened = try_open(path, settings)) return std::move(*opened);
  return fault(path, "a new one is damaged, too");
}

std::error_code put_aside(const fs::path& path) {
  auto name = path.string() + ".damaged";
  std::error_code error;
  for (const auto* part : {"-wal", "-shm"}) {
    fs::remove(name + part, error);
    if (fs::exists(path.string() + part, error)) fs::rename(path.string() + part, name + part, error);
  }
  fs::rename(path, name, error);
  return error;
}

}  // namespace gannet::store
