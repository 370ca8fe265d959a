#include "store/sqlite.hpp"

namespace gannet::store {
namespace {

constexpr int longest_value = 1 << 20;
constexpr int primary_code = 0xff;  // what extended ones begin with

}  // namespace

void Statement::bind(int parameter, std::string_view text, bool empty_is_null) {
  if (text.empty() && empty_is_null) {
    sqlite3_bind_null(statement_.get(), parameter);
  } else {
    sqlite3_bind_text(statement_.get(), parameter, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
}

bool Statement::step() { return sqlite3_step(statement_.get()) == SQLITE_ROW; }

std::string Statement::text(int column) const {
  const auto* start = sqlite3_column_text(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return start ? std::string(reinterpret_cast<const char*>(start), size) : std::string();
}

SqlStatus Statement::reset() {
  const int code = sqlite3_reset(statement_.get());
  if (code == SQLITE_OK) return {};
  return {code & primary_code, sqlite3_errmsg(sqlite3_db_handle(statement_.get()))};
}

SqlStatus Database::open(const std::filesystem::path& path, int flags) {
  sqlite3* database = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) return {code & primary_code, database ? sqlite3_errmsg(database) : sqlite3_errstr(code)};
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, longest_value);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return run("PRAGMA cell_size_check=ON");
}

SqlStatus Database::run(const std::string& sql) {
  sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return status();
}

std::optional<std::string> Database::ask(const std::string& sql) {
  Statement statement;
  if (!prepare(sql, statement).good() || !statement.step()) return std::nullopt;
  return statement.text(0);
}

SqlStatus Database::prepare(std::string_view sql, Statement& statement) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  statement = Statement(prepared);
  return code == SQLITE_OK ? SqlStatus{} : status();
}

SqlStatus Database::status() const {
  const int code = sqlite3_errcode(database_.get()) & primary_code;
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return {};
  return {code, sqlite3_errmsg(database_.get())};
}

}  // namespace gannet::store
