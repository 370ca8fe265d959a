// What was fetched before, in a real database in a temporary folder.
#include "store/catalogue.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "support/temp_folder.hpp"

namespace gannet::store {
namespace {

namespace fs = std::filesystem;

using gannet::test::read_file;
using gannet::test::write_file;

class CatalogueTest : public testing::Test {
 protected:
  CatalogueTest() {
    fs::create_directories(layout.state());
    settings.sync_interval = 1ms;
  }

  void open() { catalogue = Catalogue::open(layout, settings); }
  void close() { catalogue.reset(); }

  // What the committer tells once the file and the record are durable.
  Record stored(std::uint64_t line, const std::string& url, const std::string& bytes = "picture") {
    Record record;
    record.line = line;
    record.url = url;
    record.attempts = 1;
    record.http_status = 200;
    record.bytes = bytes.size();
    record.sha256 = std::string(64, 'a');
    record.path = "images/job-1/" + image_name(line, 10000, "jpg");
    record.format = "jpeg";
    record.width = 640;
    record.height = 480;
    record.validators = {"\"tag\"", "Sun, 06 Nov 1994 08:49:37 GMT"};
    record.time = *parse_rfc3339("2026-11-22T10:15:02.123Z");
    const auto file = layout.root / record.path;
    fs::create_directories(file.parent_path());
    write_file(file, bytes);
    return record;
  }

  // Tells it, and waits until it is in the file.
  void tell(const std::vector<Record>& records) {
    catalogue->tell(records);
    close();
    open();
  }

  std::string ask(const std::string& sql) {
    Database database;
    EXPECT_TRUE(database.open(layout.catalogue(), SQLITE_OPEN_READWRITE).good());
    return database.ask(sql).value_or("");
  }

  void change(const std::string& sql) {
    Database database;
    EXPECT_TRUE(database.open(layout.catalogue(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).good());
    const auto done = database.run(sql);
    EXPECT_TRUE(done.good()) << done.text;
  }

  gannet::test::TempFolder folder;
  Layout layout{folder.path()};
  StoreSettings settings;
  std::unique_ptr<Catalogue> catalogue;
};

TEST_F(CatalogueTest, KnowsWhatItWasToldAlsoAfterARestart) {
  open();
  auto record = stored(1, "HTTP://Example.org/x/../a%7eb.jpg#1");
  record.final_url = "https://cdn.example.org/a.jpg";
  tell({record});
  const auto found = catalogue->find("http://example.org/a~b.jpg");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, record.path);
  EXPECT_EQ(found->bytes, record.bytes);
  EXPECT_EQ(found->sha256, record.sha256);
  EXPECT_EQ(found->format, "jpeg");
  EXPECT_EQ(found->width, 640u);
  EXPECT_EQ(found->height, 480u);
  EXPECT_EQ(found->final_url, record.final_url);
  EXPECT_EQ(found->validators, record.validators);
  EXPECT_EQ(found->checked, record.time);
  EXPECT_TRUE(catalogue->find("http://example.org/a%7Eb.jpg"));
  EXPECT_FALSE(catalogue->find("http://example.org/other"));
}

TEST_F(CatalogueTest, RemembersOnlyWhatWasFetchedAndIsAnybodys) {
  open();
  auto failed = stored(1, "http://example.org/failed");
  failed.outcome = Outcome::failed;
  auto shared = stored(2, "http://example.org/shared");
  shared.attempts = 0;
  auto special = stored(3, "http://example.org/special");
  special.asked_specially = true;
  auto gone = stored(4, "http://example.org/gone");
  fs::remove(layout.root / gone.path);
  auto other = stored(5, "http://example.org/other");
  other.bytes += 1;
  tell({failed, shared, special, gone, other, stored(6, "http://example.org/good")});
  EXPECT_EQ(ask("SELECT group_concat(url) FROM files"), "http://example.org/good");
}

TEST_F(CatalogueTest, TheLastFetchOfAUrlCounts) {
  open();
  tell({stored(1, "http://example.org/a"), stored(2, "http://example.org/b"), stored(3, "http://example.org/a")});
  EXPECT_EQ(catalogue->find("http://example.org/a")->path, "images/job-1/00000/000000003.jpg");
  EXPECT_EQ(ask("SELECT group_concat(url) FROM (SELECT url FROM files ORDER BY id)"),
            "http://example.org/b,http://example.org/a");
}

TEST_F(CatalogueTest, WhatIsUnchangedWasLookedAtNow) {
  open();
  auto record = stored(1, "http://example.org/a");
  tell({record, stored(2, "http://example.org/b")});
  record.from_catalogue = true;
  record.validators = {};
  record.time += 1h;
  auto replaced = record;  // by another file in the meantime
  replaced.url = "http://example.org/b";
  tell({record, replaced});
  const auto found = catalogue->find("http://example.org/a");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->checked, record.time);
  EXPECT_EQ(found->validators.etag, "\"tag\"");
  EXPECT_LT(catalogue->find("http://example.org/b")->checked, record.time);
  EXPECT_EQ(ask("SELECT url FROM files ORDER BY id LIMIT 1"), "http://example.org/b") << "longest not looked at";
}

TEST_F(CatalogueTest, CountsWhatCameOfIt) {
  open();
  auto taken = stored(1, "http://example.org/a"), unchanged = stored(2, "http://example.org/b");
  taken.from_catalogue = unchanged.from_catalogue = true;
  taken.attempts = 0;
  catalogue->tell({taken, taken, unchanged, stored(3, "http://example.org/c")});
  EXPECT_EQ(catalogue->status().taken, 2u);
  EXPECT_EQ(catalogue->status().unchanged, 1u);
  EXPECT_EQ(catalogue->status().left_out, 0u);
}

TEST_F(CatalogueTest, AFileThatIsNotAsItWasIsNotKnown) {
  open();
  const auto record = stored(1, "http://example.org/a");
  const auto file = layout.root / record.path;
  tell({record});
  ASSERT_TRUE(catalogue->find(record.url));
  const auto before = fs::last_write_time(file);
  write_file(file, "picturf");
  fs::last_write_time(file, before + 1us);
  EXPECT_FALSE(catalogue->find(record.url)) << "as long as it was, written later";
  write_file(file, "pictures");
  fs::last_write_time(file, before);
  EXPECT_FALSE(catalogue->find(record.url)) << "longer";
  write_file(file, "picture");
  fs::last_write_time(file, before);
  EXPECT_TRUE(catalogue->find(record.url));
  fs::rename(file, folder / "elsewhere");
  EXPECT_FALSE(catalogue->find(record.url));
  fs::create_symlink(folder / "elsewhere", file);
  EXPECT_FALSE(catalogue->find(record.url)) << "a link";
}

// The file may have been written to by anybody.
TEST_F(CatalogueTest, WhatCouldNotHaveComeFromUsIsNoRow) {
  open();
  const auto record = stored(1, "http://example.org/a");
  tell({record});
  close();
  write_file(folder / "secret", "picture");
  fs::last_write_time(folder / "secret", fs::last_write_time(layout.root / record.path));
  for (const auto* harm :
       {"path = '../secret'", "path = 'secret'", "path = '/etc/passwd'", "path = 'images/../secret'", "path = x'00'",
        "path = 'images/job-1/00000/../../../secret'", "bytes = -1", "width = -1", "height = 1 << 40",
        "format = 'JPEG\"'", "format = 'morethan8'", "sha256 = 'AA'", "sha256 = hex(zeroblob(33))",
        "final_url = 'ftp://example.org/'", "final_url = 'http://EXAMPLE.org/'",
        "final_url = 'http://example.org/a' || char(13, 10) || 'X: y'"}) {
    const std::string copy = "CREATE TABLE IF NOT EXISTS temp.kept AS SELECT * FROM files; UPDATE files SET ";
    Database database;
    ASSERT_TRUE(database.open(layout.catalogue(), SQLITE_OPEN_READWRITE).good());
    ASSERT_TRUE(database.run(copy + harm).good()) << harm;
    open();
    EXPECT_FALSE(catalogue->find(record.url)) << harm;
    close();
    ASSERT_TRUE(database.run("DELETE FROM files; INSERT INTO files SELECT * FROM temp.kept").good());
  }
  open();
  EXPECT_TRUE(catalogue->find(record.url));
}

TEST_F(CatalogueTest, ValidatorsThatMayNotStandInAHeaderAreNone) {
  open();
  const auto record = stored(1, "http://example.org/a");
  tell({record});
  close();
  for (const auto* harm : {"etag = '\"a' || char(13, 10) || 'X: y\"', last_modified = 'a' || char(10)",
                           "etag = '\"' || hex(zeroblob(200)) || '\"', last_modified = hex(zeroblob(64))",
                           "etag = '*', last_modified = x'00'", "etag = 7, last_modified = ' '"}) {
    change(std::string("UPDATE files SET ") + harm);
    open();
    const auto found = catalogue->find(record.url);
    ASSERT_TRUE(found) << harm;
    EXPECT_EQ(found->validators.etag, "") << harm;
    EXPECT_EQ(found->validators.last_modified.substr(0, 1), harm == std::string_view("x") ? "x" : "") << harm;
    close();
  }
}

TEST_F(CatalogueTest, TheOldestGoWhenThereAreTooMany) {
  settings.catalogue_rows = 10;
  open();
  std::vector<Record> records;
  for (std::uint64_t line = 1; line <= 25; ++line) {
    records.push_back(stored(line, "http://example.org/" + std::to_string(line)));
  }
  tell(records);
  EXPECT_EQ(ask("SELECT count(*) FROM files"), "10");
  EXPECT_FALSE(catalogue->find("http://example.org/15"));
  EXPECT_TRUE(catalogue->find("http://example.org/16"));
}

TEST_F(CatalogueTest, OnlyItsUserAndGroupCanReadIt) {
  open();
  tell({stored(1, "http://example.org/a")});
  for (const auto& entry : fs::directory_iterator(layout.state())) {
    EXPECT_EQ(entry.status().permissions() & fs::perms::others_all, fs::perms::none) << entry.path();
  }
}

TEST_F(CatalogueTest, CanBeQueriedWhileItIsInUse) {
  open();
  tell({stored(1, "http://example.org/a")});
  EXPECT_EQ(ask("SELECT path FROM files WHERE url = 'http://example.org/a'"), "images/job-1/00000/000000001.jpg");
  EXPECT_EQ(ask("PRAGMA user_version"), "1");
  EXPECT_EQ(ask("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(ask("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', fetched / 1000, 'unixepoch') FROM files"),
            "2026-11-22T10:15:02Z");
}

TEST_F(CatalogueTest, WhoHoldsALockCostsRowsAndNoTime) {
  open();
  tell({stored(1, "http://example.org/a")});
  Database other;
  ASSERT_TRUE(other.open(layout.catalogue(), SQLITE_OPEN_READWRITE).good());
  ASSERT_TRUE(other.run("BEGIN IMMEDIATE").good());
  catalogue->tell({stored(2, "http://example.org/b")});
  EXPECT_TRUE(catalogue->find("http://example.org/a")) << "who reads is not kept waiting";
  while (catalogue->status().left_out == 0) std::this_thread::yield();
  ASSERT_TRUE(other.run("ROLLBACK").good());
  tell({stored(3, "http://example.org/c")});
  EXPECT_FALSE(catalogue->find("http://example.org/b"));
  EXPECT_TRUE(catalogue->find("http://example.org/c"));
}

TEST_F(CatalogueTest, FindsTheNewestWithTheSameBytes) {
  settings.hard_links = true;
  open();
  auto other = stored(3, "http://example.org/c");
  other.sha256 = std::string(64, 'b');
  tell({stored(1, "http://example.org/a"), stored(2, "http://example.org/b"), other});
  auto finder = catalogue->make_finder();
  ASSERT_TRUE(finder);
  EXPECT_EQ(finder->find(std::string(64, 'a'), 7), "images/job-1/00000/000000002.jpg");
  EXPECT_EQ(finder->find(std::string(64, 'a'), 8), std::nullopt) << "of another size";
  EXPECT_EQ(finder->find(std::string(64, 'c'), 7), std::nullopt);
  finder.reset();
  close();
  change("UPDATE files SET path = '../secret'");
  open();
  finder = catalogue->make_finder();
  EXPECT_EQ(finder->find(std::string(64, 'a'), 7), std::nullopt);
  finder.reset();
  settings.hard_links = false;
  open();
  EXPECT_TRUE(catalogue) << "the index does not make it another's";
}

class NotACatalogue : public CatalogueTest {
 protected:
  // The start goes on with a new one, and what was there is aside.
  void expect_put_aside(const std::string& content) {
    open();
    ASSERT_TRUE(catalogue);
    EXPECT_FALSE(catalogue->find("http://example.org/a"));
    tell({stored(2, "http://example.org/b")});
    EXPECT_TRUE(catalogue->find("http://example.org/b"));
    EXPECT_EQ(read_file(layout.catalogue().string() + ".damaged").substr(0, 64), content.substr(0, 64));
  }
};

TEST_F(NotACatalogue, GarbageIsPutAside) {
  write_file(layout.catalogue(), std::string(10000, 'x'));
  expect_put_aside(std::string(10000, 'x'));
}

TEST_F(NotACatalogue, ADatabaseOfSomebodyElseIsPutAside) {
  change("CREATE TABLE somebody (name TEXT); PRAGMA user_version=1");
  expect_put_aside(read_file(layout.catalogue()));
}

TEST_F(NotACatalogue, OneWithMoreInItThanWePutThereIsPutAside) {
  for (const auto* more : {"CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM files; END",
                           "CREATE VIEW v AS SELECT 1", "ALTER TABLE files ADD COLUMN more TEXT"}) {
    open();
    close();
    {
      sqlite3* raw = nullptr;
      ASSERT_EQ(sqlite3_open(layout.catalogue().c_str(), &raw), SQLITE_OK);
      EXPECT_EQ(sqlite3_exec(raw, more, nullptr, nullptr, nullptr), SQLITE_OK) << more;
      sqlite3_close(raw);
    }
    expect_put_aside(read_file(layout.catalogue()));
    close();
  }
}

TEST_F(NotACatalogue, OneThatWasCutIsPutAside) {
  open();
  tell({stored(1, "http://example.org/a")});
  close();
  fs::resize_file(layout.catalogue(), 4096);
  const auto content = read_file(layout.catalogue());
  open();
  if (catalogue) (void)catalogue->find("http://example.org/a");  // it may only show now
  close();
  expect_put_aside(content);
}

// A page in the middle shows when it is needed. Until then, and after, everything goes on.
TEST_F(NotACatalogue, DamageThatShowsLaterEndsItForThisRun) {
  open();
  std::vector<Record> records;
  for (std::uint64_t line = 1; line <= 2000; ++line) {
    records.push_back(stored(line, "http://example.org/" + std::to_string(line)));
  }
  tell(records);
  close();
  auto content = read_file(layout.catalogue());
  for (std::size_t at = 16384; at < content.size(); ++at) content[at] = static_cast<char>(at * 7);
  write_file(layout.catalogue(), content);
  open();
  ASSERT_TRUE(catalogue);
  for (const auto& record : records) (void)catalogue->find(record.url);
  catalogue->tell(records);
  close();
  expect_put_aside(content);
}

TEST_F(NotACatalogue, OneOfANewerVersionIsLeftAlone) {
  open();
  tell({stored(1, "http://example.org/a")});
  close();
  change("PRAGMA user_version=2");
  open();
  EXPECT_FALSE(catalogue);
  EXPECT_EQ(ask("SELECT count(*) FROM files"), "1");
  change("PRAGMA user_version=1");
  open();
  EXPECT_TRUE(catalogue->find("http://example.org/a"));
}

TEST_F(NotACatalogue, WhatIsNoFileIsLeftAlone) {
  fs::create_directory(layout.catalogue());
  open();
  EXPECT_FALSE(catalogue);
  fs::remove(layout.catalogue());
  write_file(folder / "elsewhere", "");
  fs::create_symlink(folder / "elsewhere", layout.catalogue());
  open();
  EXPECT_FALSE(catalogue);
  fs::remove(layout.catalogue());
  ASSERT_EQ(::mkfifo(layout.catalogue().c_str(), 0600), 0);
  open();
  EXPECT_FALSE(catalogue);
}

}  // namespace
}  // namespace gannet::store
