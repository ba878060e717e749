#include "store/sqlite.h"

#include <errno.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "sys/process.h"

namespace cove::store {
namespace {

constexpr int kPatienceMs = 10'000;
constexpr int kPauseMs = 10;

// A disk that is full is mostly an I/O error to SQLite, of the file that it shares with others first.
bool is_out_of_space(sqlite3* database, int code) {
  const int kind = code & 0xff;
  if (kind == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE) return true;
  if (database == nullptr || (kind != SQLITE_IOERR && kind != SQLITE_CANTOPEN)) return false;
  const int cause = sqlite3_system_errno(database);
  return cause == ENOSPC || cause == EDQUOT;
}

Error failure(sqlite3* database, std::string_view what) {
  const int code = database == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(database);
  const char* why = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  Error error(ErrorCode::system, fmt::format("index: {}: {}", what, why));
  if (is_out_of_space(database, code))
    error = Error(ErrorCode::disk_full, fmt::format("index: {}: No space left on device", what));
  if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
    error.set_hint("the index is damaged: move index.db away, and load or pull the images again");
  return error;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text(statement_.get(), ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(int64_t number) {
  sqlite3_bind_int64(statement_.get(), ++bound_, number);
  return *this;
}

Result<bool> Statement::step() {
  const int outcome = sqlite3_step(statement_.get());
  if (outcome == SQLITE_ROW) return true;
  if (outcome == SQLITE_DONE) return false;
  return failure(sqlite3_db_handle(statement_.get()), "query");
}

Status Statement::run() {
  while (COVE_TRY(step())) continue;
  sqlite3_reset(statement_.get());
  bound_ = 0;
  return {};
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? std::string() : std::string(text, static_cast<size_t>(size));
}

int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

void Database::Close::operator()(sqlite3* database) const noexcept {
  sqlite3_close(database);
}

Result<Database> Database::open(const std::string& path, bool alone) {
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(
      path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  if (opened != SQLITE_OK) return failure(handle, path);
  sqlite3_busy_timeout(handle, kPatienceMs);
  // Whoever closes it as the last one would remove its log.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  // Before it is looked at for the first time: sqlite.org/wal.html, "Use of WAL Without Shared-Memory".
  if (alone) COVE_TRY(database.execute("PRAGMA locking_mode=EXCLUSIVE"));
  return database;
}

void Database::checkpoint() noexcept {
  sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

void Database::sync_changes() noexcept {
  if (restarted_) checkpoint();
}

// What another process has put into the log counts as not yet taken over for one who reads it anew, and the
// log would only become longer.
void Database::restart_log() noexcept {
  if (!std::exchange(restarted_, true)) checkpoint();
}

// The library does not wait for everything: not for another process that gives a new database its log, or
// reads one anew that somebody was killed at (sqlite.org/wal.html, 8).
Status Database::execute(const char* sql) {
  const uint64_t end = sys::monotonic_nanoseconds() + uint64_t{kPatienceMs} * 1'000'000;
  int outcome = SQLITE_OK;
  while ((outcome = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr)) == SQLITE_BUSY) {
    if (sys::monotonic_nanoseconds() >= end) break;
    sqlite3_sleep(kPauseMs);
  }
  if (outcome != SQLITE_OK) return failure(database_.get(), "write");
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK)
    return failure(database_.get(), "query");
  return Statement(statement);
}

Result<Database::Transaction> Database::Transaction::begin(Database& database) {
  database.restart_log();
  COVE_TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Status Database::Transaction::commit() {
  COVE_TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

Database::Transaction::~Transaction() {
  if (database_ != nullptr) static_cast<void>(database_->execute("ROLLBACK"));
}

}  // namespace cove::store
