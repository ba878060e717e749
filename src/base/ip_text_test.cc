#include "base/ip_text.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

namespace cove {
namespace {

std::string theirs(const std::string& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
}

std::string bytes_of(int family, const char* text) {
  std::array<char, 16> bytes{};
  EXPECT_EQ(inet_pton(family, text, bytes.data()), 1) << text;
  return {bytes.data(), family == AF_INET ? size_t{4} : size_t{16}};
}

TEST(IpText, PrintsAsRfc5952) {
  for (const char* const text : {"0.0.0.0", "255.255.255.255", "10.1.2.3"})
    EXPECT_EQ(print_ip(bytes_of(AF_INET, text)), text);
  for (const char* const text :
       {"::", "::1", "1::", "fd00::2", "2001:db8::1:0:0:1", "2001:db8:0:1:1:1:1:1", "1:2:3:4:5:6:7:8",
        "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::ffff:10.0.0.2", "::10.0.0.2", "fe80::ffff:a00:2"}) {
    // Of one zero alone nothing is left out (4.2.2); the C library says the same.
    EXPECT_EQ(print_ip(bytes_of(AF_INET6, text)), theirs(bytes_of(AF_INET6, text))) << text;
  }
  EXPECT_EQ(print_ip(bytes_of(AF_INET6, "2001:DB8::1")), "2001:db8::1");
  EXPECT_EQ(print_ip(bytes_of(AF_INET6, "1:0:0:2:0:0:0:3")), "1:0:0:2::3");
  EXPECT_EQ(print_ip(""), "");
  EXPECT_EQ(print_ip("abcde"), "");
}

TEST(IpText, PrintsWhatTheCLibraryPrints) {
  std::minstd_rand random(1);  // NOLINT: the same each time
  std::bernoulli_distribution zero(0.6);
  std::uniform_int_distribution<int> any(0, 255);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(i % 16 == 0 ? 4 : 16, '\0');
    for (size_t k = 0; k < bytes.size(); k += 2) {
      if (zero(random)) continue;
      bytes[k] = static_cast<char>(any(random) * (i % 2));
      bytes[k + 1] = static_cast<char>(any(random));
    }
    ASSERT_EQ(print_ip(bytes), theirs(bytes));
  }
}

}  // namespace
}  // namespace cove
