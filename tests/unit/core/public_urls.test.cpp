#include "core/public_urls.hpp"

#include <doctest/doctest.h>

namespace reel::core {

TEST_CASE("credentials in URLs are not shown, everything else is") {
  CHECK(public_urls("nats://127.0.0.1:4222") == "nats://127.0.0.1:4222");
  CHECK(public_urls("nats://shop:secret@a:4222,tls://b:4222/reel") == "nats://a:4222,tls://b:4222/reel");
  CHECK(public_urls("nats://a:1,nats://token@b:2") == "nats://a:1,nats://b:2");
  CHECK(public_urls("nats://user:p@ss@a:1") == "nats://a:1");
  CHECK(public_urls("user:secret@a:4222") == "a:4222");
  CHECK(public_urls("") == "");
  CHECK(public_urls(",") == ",");
}

} // namespace reel::core
