#include "logs/json_batch.h"

#include <algorithm>
#include <cstring>

#include "base/time_text.h"
#include "logs/json_text.h"

namespace cove::logs {
namespace {

uint64_t line_size_of(std::string_view text, std::string_view end) noexcept {
  uint64_t size = kJsonHead.size() + end.size();
  while (!text.empty()) size += next_json_piece(text).size();
  return size;
}

}  // namespace

JsonEnd::JsonEnd(Channel channel, int64_t time_ns) noexcept {
  const TimeText time = short_time_text(time_ns);
  for (const std::string_view part : {json_stream_part(channel), time.view(), kJsonTail})
    size_ += part.copy(text_.data() + size_, text_.size() - size_);
}

int JsonBatch::add(LogFile& file, std::string_view text, const JsonEnd& end) noexcept {
  int error = make_room(file, text, end.view());
  if (error != 0) {  // what was before is safe or counted
    lost_bytes_ += text.size();
    return error;
  }
  if (text_bytes_ == 0) start_ = file.size();
  text_bytes_ += text.size();
  error = put_line(file, text, end.view());
  return error == 0 ? 0 : lose(file, error);
}

int JsonBatch::flush(LogFile& file) noexcept {
  lost_bytes_ = 0;
  const int error = spill(file);
  if (error != 0) return lose(file, error);
  text_bytes_ = 0;
  return 0;
}

// Leaves lost_bytes_ at what was lost on the way.
int JsonBatch::make_room(LogFile& file, std::string_view text, std::string_view end) noexcept {
  lost_bytes_ = 0;
  if (const int error = file.ensure(); error != 0) return lose(file, error);
  const bool empty = file.fresh() && used_ == 0;
  // Far from the cap nobody needs to know how long the line will be.
  if (empty || used_ + longest_json_line(text.size()) <= file.room()) return 0;
  if (used_ + line_size_of(text, end) <= file.room()) return 0;
  if (const int error = flush(file); error != 0) return error;
  if (const int error = file.rotate(); error != 0) return error;
  return file.ensure();
}

int JsonBatch::put_line(LogFile& file, std::string_view text, std::string_view end) noexcept {
  int error = put(file, kJsonHead);
  while (error == 0 && !text.empty()) error = put(file, next_json_piece(text));
  return error != 0 ? error : put(file, end);
}

int JsonBatch::put(LogFile& file, std::string_view bytes) noexcept {
  while (true) {
    const size_t count = std::min(bytes.size(), buffer_.size() - used_);
    std::memcpy(buffer_.data() + used_, bytes.data(), count);
    used_ += count;
    bytes.remove_prefix(count);
    if (bytes.empty()) return 0;
    if (const int error = spill(file); error != 0) return error;
  }
}

int JsonBatch::spill(LogFile& file) noexcept {
  if (used_ == 0) return 0;
  const struct iovec part { buffer_.data(), used_ };
  const int error = file.append({&part, 1}, used_);
  if (error == 0) used_ = 0;
  return error;
}

int JsonBatch::lose(LogFile& file, int error) noexcept {
  if (text_bytes_ > 0 && file.size() != start_) file.cut_back(start_);
  lost_bytes_ = text_bytes_;
  text_bytes_ = 0;
  used_ = 0;
  return error;
}

}  // namespace cove::logs
