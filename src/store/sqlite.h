// As much of SQLite as the index needs. Called from one thread. Internal to this module. Source:
// https://www.sqlite.org/c3ref/intro.html.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cove::store {

class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  // The next free parameter.
  Statement& bind(std::string_view text);
  Statement& bind(int64_t number);
  // True: there is a row. False: it is done.
  Result<bool> step();
  Status run();  // to its end, and ready to be bound again
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] int64_t number(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

class Database {
 public:
  // Makes the file if it is not there. Whoever else writes is waited for, up to ten seconds. Its log stays as
  // long as it is when it is closed, and is written from its beginning again: what it has, it needs not ask
  // the disk for. `alone`: as long as it is open nobody else can use it, and no memory is shared by a file.
  static Result<Database> open(const std::string& path, bool alone);

  Status execute(const char* sql);
  Result<Statement> prepare(std::string_view sql);

  // What was changed here is on the disk then, and in the database. What cannot be now is at the next time.
  void sync_changes() noexcept;

  // Begins a transaction that writes; what is not committed is undone at the end of its life.
  class Transaction {
   public:
    static Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    Status commit();

   private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
  };

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  void checkpoint() noexcept;
  void restart_log() noexcept;

  bool restarted_ = false;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace cove::store
