// A file of the log driver `local`, as a container, a crash or a bad disk may leave it; also compressed.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log_fuzz.h"
#include "logs/chunk_source.h"
#include "logs/repair.h"
#include "logs/tail.h"

namespace {

using namespace cove::logs;  // NOLINT(google-build-using-namespace)

std::vector<std::string> read_all(ByteSource source, uint64_t* lines = nullptr) {
  std::vector<std::string> texts;
  const auto chunks = make_chunk_source(std::move(source), Driver::local, true);
  while (true) {
    const auto chunk = chunks->next();
    require(chunk.ok());
    if (!*chunk) return texts;
    require(!(*chunk)->text.empty());
    if (lines != nullptr) *lines += count_beginnings(**chunk);
    texts.emplace_back((*chunk)->text);
  }
}

void read_as_it_is(std::string_view content) {
  uint64_t lines = 0;
  const auto texts = read_all(ByteSource::plain(file_of(content)), &lines);
  const cove::UniqueFd fd = file_of(content);
  const auto tail = find_tail(fd.get(), Driver::local, ~uint64_t{0});
  require(tail.ok() && tail->offset == 0);
  if (is_local_file_header(content)) require(tail->lines == lines);
  if (auto source = ByteSource::compressed(file_of(content))) read_all(std::move(*source));
  // What was repaired is whole, and holds what could be read of it before.
  const int64_t whole = whole_size(fd.get(), Driver::local, content.size());
  if (whole < 0) return;
  require(::ftruncate(fd.get(), whole) == 0);
  require(whole_size(fd.get(), Driver::local, static_cast<uint64_t>(whole)) == whole);
  require(read_all(ByteSource::plain(cove::UniqueFd(::dup(fd.get())))) == texts);
}

// Records as the writer makes them, of the bytes that the input gives.
std::string build(std::string_view input, std::vector<std::string>& texts) {
  const FileHeader file_header = local_file_header();
  std::string file(file_header.data(), file_header.size());
  while (input.size() > 2) {
    const size_t size = std::min<size_t>((static_cast<unsigned char>(input[0]) << 6) + 1, kBlockSize / 2);
    const size_t room = kBlockSize - file.size() % kBlockSize;
    if (room < kSmallestRecord) file.append(room, '\0');
    const size_t fits = std::min(size, kBlockSize - file.size() % kBlockSize - kRecordHeaderSize);
    const std::string text(fits, input[2]);
    Chunk chunk{.channel = (input[1] & 1) != 0 ? Channel::err : Channel::out};
    chunk.continues = (input[1] & 2) != 0;
    chunk.note = (input[1] & 4) != 0;
    chunk.time_ns = static_cast<unsigned char>(input[1]);
    chunk.text = text;
    const RecordHeader header = record_header(chunk);
    file.append(header.data(), header.size()).append(text);
    texts.push_back(text);
    input.remove_prefix(3);
  }
  return file;
}

// One damaged place: what is read is a part of what was written, in its order.
void damage_and_read(std::string_view input) {
  if (input.size() < 4) return;
  std::vector<std::string> texts;
  std::string file = build(input.substr(4), texts);
  require(read_all(ByteSource::plain(file_of(file))) == texts);
  const size_t at =
      (static_cast<unsigned char>(input[0]) << 8 | static_cast<unsigned char>(input[1])) % file.size();
  file[at] = static_cast<char>(file[at] ^ (input[2] | 1));
  if ((input[3] & 1) != 0) file.resize(at);
  auto expected = texts.begin();
  for (const std::string& text : read_all(ByteSource::plain(file_of(file)))) {
    expected = std::find(expected, texts.end(), text);
    require(expected != texts.end());
    ++expected;
  }
  read_as_it_is(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  read_as_it_is(input);
  damage_and_read(input.substr(0, 100));
  return 0;
}
