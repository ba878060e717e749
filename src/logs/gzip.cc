#include "logs/gzip.h"

#include <zlib.h>

#include <array>
#include <utility>

#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::logs {
namespace {

constexpr size_t kChunk = 16384;
constexpr int kGzipWindow = 15 + 16;  // the largest window, in gzip's wrapping
constexpr int kMemoryLevel = 8;
// Logs repeat themselves so much that the fastest level already gets most of it.
constexpr int kLevel = 3;

Bytef* bytes_of(char* text) noexcept {
  return reinterpret_cast<Bytef*>(text);
}

class Deflater {
 public:
  Deflater() noexcept {
    ready_ =
        ::deflateInit2(&stream_, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Deflater() { ::deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  [[nodiscard]] bool ready() const noexcept { return ready_; }
  // Compresses `input`, all of it; `last`: and ends the stream.
  Status write(std::span<char> input, bool last, int to_fd) {
    stream_.next_in = bytes_of(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    do {
      stream_.next_out = bytes_of(output_.data());
      stream_.avail_out = static_cast<uInt>(output_.size());
      ::deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      COVE_TRY(sys::write_all(to_fd, {output_.data(), output_.size() - stream_.avail_out}, "compressed log"));
    } while (stream_.avail_out == 0);
    return {};
  }

 private:
  z_stream stream_{};
  std::array<char, kChunk> output_;
  bool ready_ = false;
};

}  // namespace

Status gzip_file(int from_fd, int to_fd) {
  const auto deflater = std::make_unique<Deflater>();
  if (!deflater->ready()) return Error::from_errno("start compression", ENOMEM);
  std::array<char, kChunk> input;
  while (true) {
    const ssize_t got = sys::read_some(from_fd, input);
    if (got < 0) return Error::from_errno("read log", static_cast<int>(-got));
    COVE_TRY(deflater->write(std::span(input).first(static_cast<size_t>(got)), got == 0, to_fd));
    if (got == 0) return {};
  }
}

struct GzipReader::State {
  UniqueFd fd;
  z_stream stream{};
  std::array<char, kChunk> input;
  bool ended = false;
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::inflateEnd(&stream); }
};

GzipReader::GzipReader(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
GzipReader::GzipReader(GzipReader&&) noexcept = default;
GzipReader& GzipReader::operator=(GzipReader&&) noexcept = default;
GzipReader::~GzipReader() = default;

Result<GzipReader> GzipReader::open(UniqueFd fd) {
  auto state = std::make_unique<State>();
  state->fd = std::move(fd);
  if (::inflateInit2(&state->stream, kGzipWindow) != Z_OK)
    return Error::from_errno("start decompression", ENOMEM);
  return GzipReader(std::move(state));
}

Result<size_t> GzipReader::read(std::span<char> buffer) {
  z_stream& stream = state_->stream;
  stream.next_out = bytes_of(buffer.data());
  stream.avail_out = static_cast<uInt>(buffer.size());
  while (!state_->ended && stream.avail_out > 0) {
    if (stream.avail_in == 0) {
      const ssize_t got = sys::read_some(state_->fd.get(), state_->input);
      if (got < 0) return Error::from_errno("read compressed log", static_cast<int>(-got));
      if (got == 0) return Error(ErrorCode::protocol, "the compressed log is cut off");
      stream.next_in = bytes_of(state_->input.data());
      stream.avail_in = static_cast<uInt>(got);
    }
    const int outcome = ::inflate(&stream, Z_NO_FLUSH);
    if (outcome != Z_OK && outcome != Z_STREAM_END)
      return Error(ErrorCode::protocol, "the compressed log is damaged");
    state_->ended = outcome == Z_STREAM_END;
  }
  return buffer.size() - stream.avail_out;
}

}  // namespace cove::logs
