// URLs as they may be shown and logged: without user names, passwords and tokens.
#pragma once

#include <string>
#include <string_view>

namespace reel::core {

/// "nats://user:secret@a:4222,nats://b:4222" becomes "nats://a:4222,nats://b:4222".
[[nodiscard]] std::string public_urls(std::string_view urls);

} // namespace reel::core
