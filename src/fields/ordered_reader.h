// The FieldVisitor that fills an object from what the Writer has written, without building a tree first: for
// those who read a thousand files of this program's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fields/visitor.h"

namespace cove::fields {

// It knows the members in the order of the description, in a text without white space whose strings are ASCII
// and need no escapes. Of everything else, and of all errors, it only tells that it has not succeeded: then
// the Reader is to be asked, with a new object. Where it succeeds, the Reader gives the same.
class OrderedReader final : public FieldVisitor {
 public:
  explicit OrderedReader(std::string_view text);

  // After the description: whether all of the text was read.
  [[nodiscard]] bool succeeded() const noexcept {
    return good_ && depth_ == 0 && (rest_ == "}" || rest_ == "}\n");
  }

  void raw(std::string_view name, std::optional<json::Value>& value) override;
  void refuse(std::string_view name, std::string_view why) override;

 protected:
  void flag(std::string_view name, std::optional<bool>& value, Need need) override;
  void text(std::string_view name, std::string& value, Need need) override;
  void number(std::string_view name, Number& value, Need need) override;
  bool texts(std::string_view name, std::vector<std::string>& value, bool even_empty) override;
  void numbers(std::string_view name, std::vector<uint32_t>& value) override;
  void text_map(std::string_view name, StringMap& value) override;
  bool enter_object(std::string_view name, Presence presence) override;
  size_t enter_array(std::string_view name, size_t size) override;
  size_t enter_map(std::string_view name, size_t size) override;
  bool enter_element(size_t index) override;
  bool enter_member(size_t index, std::string& key) override;
  void leave() override;

 private:
  static constexpr unsigned kMostDepth = 32;

  [[nodiscard]] bool next_is(char wanted) const noexcept { return !rest_.empty() && rest_.front() == wanted; }
  bool take(char wanted);
  bool find(std::string_view name, Need need = Need::optional);
  void enter(bool object);
  void end_value();
  bool read_text(std::string& value);
  std::optional<uint64_t> read_number(const Number& bounds);
  // Reads what lies between the brackets; `read` one element.
  template <typename Read>
  void read_list(char open, char close, const Read& read);

  std::string_view rest_;
  bool good_ = true;
  unsigned depth_ = 0;
  uint32_t objects_ = 0;  // of each level, from the lowest bit on: whether it is an object, else an array
};

}  // namespace cove::fields
