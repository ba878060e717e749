#include "registry/base64.h"

#include <gtest/gtest.h>

#include <array>

namespace cove::registry {
namespace {

TEST(Base64, TheVectorsOfTheRfc) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kVectors{{{"", ""},
                                                                                   {"f", "Zg=="},
                                                                                   {"fo", "Zm8="},
                                                                                   {"foo", "Zm9v"},
                                                                                   {"foob", "Zm9vYg=="},
                                                                                   {"fooba", "Zm9vYmE="},
                                                                                   {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(encode_base64(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
}

TEST(Base64, EveryByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
}

TEST(Base64, RefusesWhatIsNotWhole) {
  for (const std::string_view text : {"Zg", "Zg=", "Z===", "====", "Zh==", "Zm9*", "Zg==Zg==", "Z g="}) {
    EXPECT_FALSE(decode_base64(text).has_value()) << text;
  }
  EXPECT_EQ(decode_base64(" Zg==\n"), "f");
}

}  // namespace
}  // namespace cove::registry
