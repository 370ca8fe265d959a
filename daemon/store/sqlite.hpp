// SQLite as far as the catalogue needs it: a database and its statements, closed by their destructors. Errors are
// values. A database and its statements belong to one thread at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gannet::store {

/// What SQLite said; nothing is wrong when `code` is SQLITE_OK.
struct SqlStatus {
  int code = SQLITE_OK;  // the primary one
  std::string text;      // for people

  bool good() const { return code == SQLITE_OK; }
  /// The file is no database, or not a whole one.
  bool damaged() const { return code == SQLITE_CORRUPT || code == SQLITE_NOTADB; }
};

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  /// Parameters from 1. The text must outlive the next step(). An empty one is NULL where `empty_is_null`.
  void bind(int parameter, std::string_view text, bool empty_is_null = true);
  void bind(int parameter, std::int64_t number) { sqlite3_bind_int64(statement_.get(), parameter, number); }

  /// True: there is a row, whose columns, from 0, hold until reset() or the next step.
  bool step();
  std::string text(int column) const;
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

  /// What the last step() came to. Ready for other parameters.
  SqlStatus reset();

 private:
  struct Free {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Free> statement_;
};

class Database {
 public:
  Database() = default;

  /// The file is not followed when it is a link, and nothing that it says is run: no triggers, no views.
  SqlStatus open(const std::filesystem::path& path, int flags);

  SqlStatus run(const std::string& sql);

  /// The one number or text that a statement gives; nothing when it gives none.
  std::optional<std::string> ask(const std::string& sql);

  SqlStatus prepare(std::string_view sql, Statement& statement);

  SqlStatus status() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace gannet::store
