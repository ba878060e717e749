// Where the OCI runtime says what went wrong, in runc's formats: engines read the file and look for the last
// line of level "error". Called by the process that the user started.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::cli::oci {

class Log {
 public:
  enum class Format : uint8_t { text, json };
  enum class Level : uint8_t { debug, warning, error };

  // Appends to the file at `path`; empty: to standard error.
  Status open(const std::string& path);
  void set_format(Format format) noexcept { format_ = format; }
  void set_debug(bool debug) noexcept { debug_ = debug; }

  // One line, with one write(2): containers that run at the same time may share the file.
  void write(Level level, std::string_view message) const noexcept;
  // What ends the program: with a file, the user at the terminal is told as well.
  void fatal(const Error& error) const noexcept;

 private:
  UniqueFd file_;
  Format format_ = Format::text;
  bool debug_ = false;
};

}  // namespace cove::cli::oci
