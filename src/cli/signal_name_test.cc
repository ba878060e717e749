#include "cli/signal_name.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace cove::cli {
namespace {

TEST(SignalNames, ByNumberAndByName) {
  for (const std::string_view text : {"9", "KILL", "SIGKILL", "kill", "sigkill"}) {
    const auto signal = parse_signal(text);
    ASSERT_TRUE(signal.ok()) << text;
    EXPECT_EQ(*signal, SIGKILL) << text;
  }
  EXPECT_EQ(*parse_signal("64"), 64);
  EXPECT_EQ(*parse_signal("USR1"), SIGUSR1);
  for (const std::string_view text : {"", "-1", "65", "SIG", "SIGNOPE", "9x", "KILLED"}) {
    const auto signal = parse_signal(text);
    ASSERT_FALSE(signal.ok()) << text;
    EXPECT_EQ(signal.error().code(), ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace cove::cli
