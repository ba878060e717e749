// What an option value may need to know of the one who typed it: the working directory and the environment.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace cove::cli {

class Caller {
 public:
  // `environment` as environ(7); null: empty. It must outlive this object. `working_directory` is looked up
  // when it is first needed, unless given here.
  explicit Caller(char* const* environment, std::string working_directory = {})
      : environment_(environment), working_directory_(std::move(working_directory)) {}

  // The path of a host file from the root, without "." and doubled slashes. ".." stays: it must be resolved
  // by the kernel, behind symbolic links. Fails for a NUL byte.
  Result<std::string> absolute_path(std::string_view path);

  [[nodiscard]] std::optional<std::string_view> variable(std::string_view name) const noexcept;

 private:
  char* const* environment_;
  std::string working_directory_;
};

// A path inside the sandbox: absolute, no "..", not the root itself; gives it without "." and doubled
// slashes.
Result<std::string> parse_target(std::string_view path);

// As parse_target, but "/" is allowed.
Result<std::string> parse_inside_directory(std::string_view path);

}  // namespace cove::cli
