// A file of the log driver json-file, Docker's or anybody's; and any output as such a file.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/strict_json.h"
#include "log_fuzz.h"
#include "logs/chunk_source.h"
#include "logs/json_text.h"
#include "logs/repair.h"
#include "logs/tail.h"

namespace {

using namespace cove::logs;  // NOLINT(google-build-using-namespace)

// Lines are counted alike from the front and from the end.
void read_file(std::string_view content) {
  const cove::UniqueFd fd = file_of(content);
  const int64_t whole = whole_size(fd.get(), Driver::json_file, content.size());
  require(whole >= 0 && whole <= static_cast<int64_t>(content.size()));
  uint64_t lines = 0;
  std::array<bool, kChannels> open{};
  const auto chunks = make_chunk_source(ByteSource::plain(file_of(content)), Driver::json_file, true);
  while (true) {
    const auto chunk = chunks->next();
    require(chunk.ok());
    if (!*chunk) break;
    bool& within = open[index_of((*chunk)->channel)];
    if (!within) ++lines;
    within = (*chunk)->text.back() != '\n';
  }
  const auto tail = find_tail(fd.get(), Driver::json_file, ~uint64_t{0} / 2);
  require(tail.ok() && tail->offset == 0 && tail->lines == lines);
}

std::string line_of(std::string_view text) {
  std::string line(kJsonHead);
  while (!text.empty()) line += next_json_piece(text);
  line += json_stream_part(Channel::err);
  line += "1970-01-01T00:00:01Z";
  return line += kJsonTail;
}

// What was output can be read back, by us and by a strict reader alike; well-formed text unchanged.
void write_and_read(std::string_view text) {
  if (text.empty()) return;
  std::string line = line_of(text);
  require(line.size() <= longest_json_line(text.size()));
  const auto value = cove::json::parse(line);
  require(value.ok());
  const auto& log = std::get<std::string>(std::get<cove::json::Object>(value->data).front().value.data);
  const auto chunk = parse_json_line(line.data(), line.size());
  require(chunk.has_value() && chunk->text == log && chunk->channel == Channel::err);
  std::string again = line_of(log);
  const auto same = parse_json_line(again.data(), again.size());
  require(same.has_value() && same->text == log);
  const std::string_view whole = whole_characters(text);
  require(whole.size() + 3 >= text.size() && text.starts_with(whole));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string line(input);
  if (const auto chunk = parse_json_line(line.data(), line.size())) write_and_read(std::string(chunk->text));
  write_and_read(input);
  read_file(input);
  return 0;
}
