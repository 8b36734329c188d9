#include "core/nearest_name.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace reel;

TEST_CASE("edits turn one name into another") {
  CHECK(core::edit_distance("", "") == 0);
  CHECK(core::edit_distance("payment", "payment") == 0);
  CHECK(core::edit_distance("payment", "PAYMENT") == 0);
  CHECK(core::edit_distance("paymnt", "payment") == 1);
  CHECK(core::edit_distance("payemnt", "payment") == 1); // neighbours swapped
  CHECK(core::edit_distance("", "abc") == 3);
  CHECK(core::edit_distance("abc", "xyz") == 3);
}

TEST_CASE("the nearest name is the one that was probably meant") {
  constexpr std::array<std::string_view, 3> services{"inventory", "payment", "shipping"};
  CHECK(core::nearest_name("shiping", services) == "shipping");
  CHECK(core::nearest_name("zzz", services).empty());
  CHECK(core::nearest_name("payment", {}).empty());
  CHECK(core::no_such_name("service", "shiping", services) ==
        "there is no service shiping; did you mean shipping? There are: inventory, payment, shipping");
  CHECK(core::no_such_name("service", "zzz", services) ==
        "there is no service zzz. There are: inventory, payment, shipping");
}
