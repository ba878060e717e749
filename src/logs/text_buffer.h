// Short texts for a process that must not allocate.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cove::logs {

// At most Size - 1 characters; what is more is cut off.
template <size_t Size>
class TextBuffer {
 public:
  TextBuffer& add(std::string_view text) noexcept {
    size_ += text.copy(text_.data() + size_, Size - 1 - size_);
    return *this;
  }
  TextBuffer& add(uint64_t number) noexcept {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return add(std::string_view(digits.data(), static_cast<size_t>(end.ptr - digits.data())));
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }
  [[nodiscard]] const char* c_str() const noexcept { return text_.data(); }

 private:
  std::array<char, Size> text_{};
  size_t size_ = 0;
};

}  // namespace cove::logs
