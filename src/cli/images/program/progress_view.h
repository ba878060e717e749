// How a pull, a push or a load is shown while it goes on. Called in cove-images.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/progress.h"

namespace cove::cli {

enum class Direction : uint8_t { pull, push, load };

struct ProgressChoice {
  Direction direction = Direction::pull;
  bool quiet = false;
  bool json = false;
};

class ProgressView : public store::Progress {
 public:
  // The end: what is drawn on a terminal becomes what stays there.
  virtual void close() {}
  // One of the last lines: "Digest: sha256:…". `quiet_too`: the one that --quiet leaves.
  virtual void conclude(std::string_view line, bool quiet_too) = 0;
};

// For standard output: nothing, JSON lines, bars on a terminal, plain lines elsewhere. Those of a load go to
// standard error: scripts read what it prints, which with Docker is no more than names.
std::unique_ptr<ProgressView> make_progress(const ProgressChoice& choice);
std::unique_ptr<ProgressView> make_json_progress(Direction direction);
std::unique_ptr<ProgressView> make_bars(Direction direction);

// Docker's words for a stage: "Pull complete", "Layer already exists".
[[nodiscard]] std::string stage_words(Direction direction, const store::Item& item);

// The line of one blob on its way, at most `width` columns wide (0: any): "f5fce12c7374: Downloading
// [===>      ]  12.3MB/31MB  5.2MB/s  4s". `elapsed_ms`: since its bytes began to move.
[[nodiscard]] std::string bar_text(Direction direction, const store::Item& item, uint64_t elapsed_ms,
                                   size_t width);

}  // namespace cove::cli
