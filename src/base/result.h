// Result<T>: a value or an Error. There are no exceptions across cove's own functions.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace cove {

// A union of its own rather than std::variant: that one's moves and destructors, which each caller has a copy
// of, were a thirtieth of the program.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : value_(std::move(value)), ok_(true) {}       // NOLINT: implicit by design
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT: implicit by design

  Result(Result&& other) noexcept : ok_(other.ok_) { fill(std::move(other)); }
  Result(const Result& other) : ok_(other.ok_) { fill(other); }
  Result& operator=(Result other) noexcept {
    clear();
    ok_ = other.ok_;
    fill(std::move(other));
    return *this;
  }
  ~Result() { clear(); }

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }

  // Call only when ok().
  [[nodiscard]] T& value() & noexcept { return value_; }
  [[nodiscard]] const T& value() const& noexcept { return value_; }
  [[nodiscard]] T&& value() && noexcept { return std::move(value_); }
  T& operator*() & noexcept { return value_; }
  const T& operator*() const& noexcept { return value_; }
  T* operator->() noexcept { return &value_; }
  const T* operator->() const noexcept { return &value_; }

  // Call only when not ok().
  [[nodiscard]] Error& error() & noexcept { return error_; }
  [[nodiscard]] const Error& error() const& noexcept { return error_; }
  [[nodiscard]] Error&& error() && noexcept { return std::move(error_); }

  // Puts `what` in front of the error's chain; leaves a value alone.
  Result&& context(std::string_view what) && {
    if (!ok_) error_.add_context(what);
    return std::move(*this);
  }

 private:
  // Makes the member that `ok_` says out of the other's.
  template <typename Other>
  void fill(Other&& other) {
    if (ok_) {
      std::construct_at(&value_, std::forward<Other>(other).value_);
    } else {
      std::construct_at(&error_, std::forward<Other>(other).error_);
    }
  }
  void clear() noexcept {
    if (ok_) {
      std::destroy_at(&value_);
    } else {
      std::destroy_at(&error_);
    }
  }

  union {
    T value_;      // NOLINT(readability-identifier-naming): private, though the union has no name
    Error error_;  // NOLINT(readability-identifier-naming)
  };
  bool ok_;
};

// Made of nothing but the error, which is empty if there is none.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool ok() const noexcept { return error_.empty(); }
  explicit operator bool() const noexcept { return ok(); }
  void value() const noexcept {}

  [[nodiscard]] Error& error() & noexcept { return error_; }
  [[nodiscard]] const Error& error() const& noexcept { return error_; }
  [[nodiscard]] Error&& error() && noexcept { return std::move(error_); }

  Result&& context(std::string_view what) && {
    if (!ok()) error_.add_context(what);
    return std::move(*this);
  }

 private:
  Error error_;
};

using Status = Result<void>;

}  // namespace cove

// COVE_TRY(expr): the value of a Result, or return its Error from the enclosing function.
#define COVE_TRY(expr)                           \
  ({                                             \
    auto cove_try_result = (expr);               \
    if (!cove_try_result.ok()) [[unlikely]]      \
      return std::move(cove_try_result).error(); \
    std::move(cove_try_result).value();          \
  })
