#include "cli/demo/order_input.hpp"

#include "cli/demo/random.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <cstdlib>

using namespace reel;
using namespace reel::demo;

namespace {

std::unique_ptr<order_source> read(std::string_view content, std::string_view name = "test.csv") {
  auto source = read_orders(name, content);
  REQUIRE_MESSAGE(source.has_value(), source.error().what);
  return std::move(*source);
}

std::string error_of(std::string_view content, std::string_view name = "test.csv") {
  auto source = read_orders(name, content);
  REQUIRE_FALSE(source.has_value());
  return source.error().what;
}

std::vector<order> all(order_source& source) {
  std::vector<order> result;
  while (auto next = source.next())
    result.push_back(std::move(*next));
  return result;
}

std::string with_header(std::string_view lines) {
  return "order,customer,sku,quantity,unit_price\n" + std::string{lines};
}

/// The one reason for which a line after the header is rejected.
std::string reason_of(std::string_view line) {
  const auto source = read(with_header(line));
  REQUIRE(source->rejected_count() == 1);
  REQUIRE(source->rejected().size() == 1);
  CHECK(source->rejected()[0].line == 2);
  CHECK(source->total() == 0);
  return source->rejected()[0].reason;
}

std::string data_file(std::string_view name) {
  const char* const directory = std::getenv("REEL_TEST_DATA");
  REQUIRE(directory != nullptr);
  return fmt::format("{}/{}", directory, name);
}

} // namespace

TEST_CASE("lines of an order may stand anywhere; orders come as they first appear") {
  const auto source = read(with_header("2,bo,A,1,1.50\n1,al,A,2,1.50\n2,bo,B,3,0.10\n"));
  CHECK(source->total() == 2);
  const auto orders = all(*source);
  REQUIRE(orders.size() == 2);
  CHECK(orders[0] == order{"2", "bo", {{"A", 1, 150, 150}, {"B", 3, 10, 30}}, false});
  CHECK(orders[1] == order{"1", "al", {{"A", 2, 150, 300}}, false});
  CHECK(source->demand() == std::vector<sku_demand>{{"A", 3}, {"B", 3}});
  CHECK(source->rejected_count() == 0);
}

TEST_CASE("columns stand in any order, others are ignored, a byte order mark and CRLF do not matter") {
  const auto source = read("\xef\xbb\xbfsku,Note,UNIT_PRICE,quantity,\"order\",customer\r\nA,x,1.5,2,7,\"B, C\"\r\n");
  CHECK(all(*source) == std::vector<order>{{"7", "B, C", {{"A", 2, 150, 300}}, false}});
}

TEST_CASE("an order without customer is a guest's, until a line names one") {
  const auto source = read(with_header("1,,A,1,1\n2,,A,1,1\n2,eve,B,1,1\n2,,C,1,1\n"));
  const auto orders = all(*source);
  REQUIRE(orders.size() == 2);
  CHECK(orders[0].customer == "guest");
  CHECK(orders[1].customer == "eve");
  CHECK(orders[1].lines.size() == 3);
}

TEST_CASE("an order belongs to one customer") {
  const auto source = read(with_header("1,al,A,1,1\n1,bo,B,1,1\n"));
  CHECK(all(*source).at(0).lines.size() == 1);
  REQUIRE(source->rejected_count() == 1);
  CHECK(source->rejected()[0] ==
        rejected_line{3, "column customer: order 1 belongs to customer al in an earlier line, here it says bo"});
}

TEST_CASE("lines of the same SKU are merged and no money is lost") {
  const auto same = read(with_header("1,,A,1,1.50\n1,,B,1,9\n1,,A,2,1.50\n"));
  CHECK(all(*same).at(0).lines == std::vector<order_line>{{"A", 3, 150, 450}, {"B", 1, 900, 900}});
  const auto other = read(with_header("1,,A,1,1.50\n1,,A,2,1.60\n"));
  CHECK(all(*other).at(0).lines == std::vector<order_line>{{"A", 3, 157, 470}}); // 470 pence in all, 156.67 each
  CHECK(other->rejected_count() == 0);
  const auto even = read(with_header("1,,A,1,1.50\n1,,A,2,1.60\n2,,A,1,9\n1,,A,1,1.58\n"));
  const auto orders = all(*even);
  CHECK(orders.at(0).lines ==
        std::vector<order_line>{{"A", 4, 157, 628}}); // the rounded price has become the exact one
  CHECK(orders.at(1).lines == std::vector<order_line>{{"A", 1, 900, 900}});
}

TEST_CASE("merging finds the same SKU in long orders too") {
  std::string lines;
  for (int i = 0; i < 100; ++i)
    lines += fmt::format("1,,S{},1,1\n", i % 40);
  const auto orders = all(*read(with_header(lines)));
  REQUIRE(orders.at(0).lines.size() == 40);
  CHECK(orders[0].lines[0] == order_line{"S0", 3, 100, 300});
  CHECK(orders[0].lines[39] == order_line{"S39", 2, 100, 200});
}

TEST_CASE("merging does not exceed the largest quantity") {
  const auto source = read(with_header("1,,A,900000,1\n1,,B,1,1\n1,,A,900000,1\n"));
  CHECK(all(*source).at(0).lines.at(0).quantity == 900000);
  REQUIRE(source->rejected_count() == 1);
  CHECK(source->rejected()[0].line == 4);
}

TEST_CASE("bad lines are rejected with column and reason") {
  CHECK(reason_of(",al,A,1,1\n") == "column order: empty, expected a value");
  CHECK(reason_of("1,al,,1,1\n") == "column sku: empty, expected a value");
  CHECK(reason_of("1,al,A,x,1\n") == "column quantity: \"x\" is no whole number");
  CHECK(reason_of("1,al,A,,1\n") == "column quantity: \"\" is no whole number");
  CHECK(reason_of("1,al,A,1.5,1\n") == "column quantity: \"1.5\" is no whole number");
  CHECK(reason_of("1,al,A,0,1\n") == "column quantity: quantity is zero, expected at least 1");
  CHECK(reason_of("1,al,A,-3,1\n") ==
        "column quantity: quantity -3 is negative in an order that is not a cancellation");
  CHECK(reason_of("1,al,A,1000001,1\n") == "column quantity: quantity 1000001 exceeds 1000000");
  CHECK(reason_of("1,al,A,99999999999999999999,1\n") == "column quantity: \"99999999999999999999\" is no whole number");
  CHECK(reason_of("1,al,A,1,4.x\n") == "column unit_price: \"4.x\" is no decimal number such as 4.15");
  CHECK(reason_of("1,al,A,1,0\n") == "column unit_price: price 0 is zero");
  CHECK(reason_of("1,al,A,1,0.004\n") == "column unit_price: price 0.004 is zero when rounded to pence");
  CHECK(reason_of("1,al,A,1,-2\n") == "column unit_price: price -2 is negative");
  CHECK(reason_of("1,al,A,1,10000000.01\n") == "column unit_price: price 10000000.01 exceeds 10000000");
  CHECK(reason_of("1,al,A,1\n") == "4 columns, expected 5 as in the header");
  CHECK(reason_of("1,al,A,1,2,3\n") == "6 columns, expected 5 as in the header");
  CHECK(reason_of("1,al,caf\xe9,1,2\n") == "column sku: \"caf\\xe9\" is not valid UTF-8");
  CHECK(reason_of("1,al,a\x01,1,2\n") == "column sku: \"a\\x01\" has a control character");
  CHECK(reason_of("1,al," + std::string(65, 's') + ",1,2\n") == "column sku: 65 bytes, at most 64 are accepted");
  CHECK(reason_of("1,al,\"A,1,2\n") == "column 3: the quote is never closed");
}

TEST_CASE("an order all of whose lines are rejected does not exist, and is counted") {
  const auto source = read(with_header("1,al,A,0,1\n1,al,B,-1,1\n2,al,A,1,1\n3,al,A,1\n2,al,B,0,1\n"));
  CHECK(source->total() == 1);
  CHECK(source->rejected_count() == 4);
  CHECK(source->rejected_orders() == 2);
  CHECK(all(*source).at(0).id == "2");
}

TEST_CASE("all rejected lines are counted, the first ones are kept") {
  std::string lines = "1,al,A,1,1\n";
  for (std::size_t i = 0; i < rejected_kept_max + 10; ++i)
    lines += "1,al,A,0,1\n";
  const auto source = read(with_header(lines));
  CHECK(source->rejected_count() == rejected_kept_max + 10);
  CHECK(source->rejected().size() == rejected_kept_max);
}

TEST_CASE("texts keep their non-ASCII bytes") {
  const auto orders = all(*read(with_header("1,Łukasz,café ☕,1,1\n")));
  CHECK(orders.at(0).customer == "Łukasz");
  CHECK(orders.at(0).lines.at(0).sku == "café ☕");
}

TEST_CASE("an order whose number is a C and digits is one that its customer cancels") {
  const auto orders = all(*read(with_header("C17,al,A,-3,1\nC18,al,A,4,1\nCARL,al,A,1,1\n")));
  REQUIRE(orders.size() == 3);
  CHECK(orders[0] == order{"C17", "al", {{"A", 3, 100, 300}}, true});
  CHECK(orders[1] == order{"C18", "al", {{"A", 4, 100, 400}}, true});
  CHECK_FALSE(orders[2].cancelled_by_customer);
  CHECK(read(with_header("C17,al,A,0,1\n"))->rejected_count() == 1);
  CHECK(read(with_header("C17,al,A,-1,0\n"))->rejected_count() == 1);
}

TEST_CASE("a column says which orders are cancelled") {
  const auto source =
      read("order,customer,sku,quantity,unit_price,cancelled\n1,al,A,1,1,true\n2,al,A,1,1,\n3,al,A,1,1,perhaps\n");
  const auto orders = all(*source);
  REQUIRE(orders.size() == 2);
  CHECK(orders[0].cancelled_by_customer);
  CHECK_FALSE(orders[1].cancelled_by_customer);
  CHECK(source->rejected().at(0) == rejected_line{4, "column cancelled: expected true or false"});
}

TEST_CASE("the header of the Online Retail file") {
  const auto source = read("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
                           "536365,85123A,\"HOLDER, WHITE\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
                           "C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527,United Kingdom\n"
                           "536365,71053,LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom\n"
                           "536544,22,,1,2010-12-01 08:26:00,0.0,,United Kingdom\n");
  const auto orders = all(*source);
  REQUIRE(orders.size() == 2);
  CHECK(orders[0] == order{"536365", "17850", {{"85123A", 6, 255, 1530}, {"71053", 6, 339, 2034}}, false});
  CHECK(orders[1] == order{"C536379", "14527", {{"D", 1, 2750, 2750}}, true});
  CHECK(source->rejected().at(0) == rejected_line{5, "column UnitPrice: price 0.0 is zero"});
  CHECK(source->rejected_orders() == 1);
}

TEST_CASE("errors name the file, the line and what was expected") {
  CHECK(error_of("") == "test.csv, line 1: the file is empty, expected a CSV header or a JSON object");
  CHECK(error_of("\n \n") == "test.csv, line 1: the file is empty, expected a CSV header or a JSON object");
  CHECK(
      error_of("order,customer,sku,quantity\n1,al,A,1\n")
          .starts_with(
              "test.csv, line 1: no column called unit_price; expected a header with the columns order,customer,sku"));
  CHECK(error_of("1,al,A,1,2\n")
            .starts_with("test.csv, line 1: no column called order, customer, sku, quantity, unit_price"));
  CHECK(error_of("\nInvoiceNo,StockCode,Quantity\nx")
            .starts_with("test.csv, line 2: no column called CustomerID, UnitPrice;"));
  CHECK(error_of("order,order,sku,quantity,unit_price,customer\n") ==
        "test.csv, line 1: two columns are called order, expected one");
  CHECK(error_of("order,customer,sku,quantity,unit_price\n") ==
        "test.csv, line 2: nothing follows the header, expected an order line");
  CHECK(error_of("[{}]", "x.json") == "x.json, line 1: a JSON array, expected JSON lines: one object per line");
  const auto missing = open_orders({.path = "/nonexistent/orders.csv"});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().what == "cannot read the orders in /nonexistent/orders.csv: No such file or directory");
  const auto directory = open_orders({.path = "/"});
  REQUIRE_FALSE(directory.has_value());
  CHECK(directory.error().what.find("Is a directory") != std::string::npos);
}

TEST_CASE("JSON lines: an object per order and an object per line") {
  const auto source =
      read(R"({"order":"1","customer":"al","lines":[{"sku":"A","quantity":2,"unit_price":1.005},)"
           R"({"sku":"B","quantity":"1","unit_price":"3"}]})"
           "\n\n"
           R"({"order":2,"customer":null,"sku":"A","quantity":1,"unit_price":2,"note":"x"})"
           "\r\n"
           R"({"order":2,"sku":"B","quantity":1,"unit_price":2})"
           "\n"
           R"({"order":"3","customer":"bo","lines":[{"sku":"A","quantity":-1,"unit_price":2}],"cancelled":true})");
  const auto orders = all(*source);
  REQUIRE(orders.size() == 3);
  CHECK(orders[0] == order{"1", "al", {{"A", 2, 101, 202}, {"B", 1, 300, 300}}, false});
  CHECK(orders[1] == order{"2", "guest", {{"A", 1, 200, 200}, {"B", 1, 200, 200}}, false});
  CHECK(orders[2] == order{"3", "bo", {{"A", 1, 200, 200}}, true});
  CHECK(source->rejected_count() == 0);
}

TEST_CASE("bad JSON lines are rejected with line number and reason") {
  const auto reason = [](std::string_view line) {
    const auto source =
        read("{\"order\":1,\"sku\":\"A\",\"quantity\":1,\"unit_price\":1}\n" + std::string{line} + "\n", "x.jsonl");
    REQUIRE(source->rejected_count() == 1);
    CHECK(source->rejected()[0].line == 2);
    CHECK(source->total() == 1);
    return source->rejected()[0].reason;
  };
  CHECK(reason("nonsense").find("no valid JSON") != std::string::npos);
  CHECK(reason("{\"order\":2").find("no valid JSON") != std::string::npos);
  CHECK(reason("\"text\"") == "expected one JSON object per line");
  CHECK(reason("[1]") == "an array, expected one JSON object per line");
  CHECK(reason("{}") == "no member \"order\"");
  CHECK(reason(R"({"order":2,"sku":"A","quantity":1})") == "no member \"unit_price\"");
  CHECK(reason(R"({"order":2,"lines":[]})") == "\"lines\" is empty, expected at least one line");
  CHECK(reason(R"({"order":2,"lines":"A"})") == "\"lines\" has the wrong type, expected an array of objects");
  CHECK(reason(R"({"order":2,"lines":[1]})") == "\"lines\" holds a value, expected objects");
  CHECK(reason(R"({"order":2,"lines":[],"lines":[]})") == "\"lines\" stands twice");
  CHECK(reason(R"({"order":[2]})") == "\"order\" is an array, expected a text or a number");
  CHECK(reason(R"({"order":{"a":2}})") == "\"order\" is an object, expected a text or a number");
  CHECK(reason(R"({"order":null})") == "\"order\" is null, expected a text or a number");
  CHECK(reason(R"({"order":2,"order":3})") == "\"order\" stands twice");
  CHECK(reason(R"({"order":2,"cancelled":"yes"})") == "\"cancelled\" has the wrong type, expected true or false");
  CHECK(reason(R"({"order":2,"sku":"A","quantity":1.5,"unit_price":1})") ==
        "column quantity: \"1.5\" is no whole number");
  CHECK(reason(R"({"order":2,"sku":"A","quantity":1,"unit_price":1e2})") ==
        "column unit_price: \"1e2\" is no decimal number such as 4.15");
  CHECK(reason("{\"order\":2,\"sku\":\"\xe9\"}").find("no valid JSON") != std::string::npos);
  CHECK(reason(std::string(100'000, '[')) == "an array, expected one JSON object per line");
}

TEST_CASE("the same content has the same identity, another has another") {
  const auto text = with_header("1,al,A,1,1\n");
  CHECK(read(text)->identity() == read(text, "other.csv")->identity());
  CHECK(read(text)->identity() != read(with_header("1,al,A,1,2\n"))->identity());
  const auto drawn_more = read_orders("test.csv", text, {.share_ppm = 10, .seed = 3});
  CHECK(read(text)->identity() != (*drawn_more)->identity());
}

TEST_CASE("skipping goes on where an interrupted run stopped") {
  const auto text = with_header("1,al,A,1,1\n2,al,A,1,1\n3,al,A,1,1\n");
  const auto source = read(text);
  source->skip(2);
  CHECK(source->next()->id == "3");
  CHECK_FALSE(source->next().has_value());
  source->skip(5);
  CHECK_FALSE(source->next().has_value());
}

TEST_CASE("a share of the orders of a file is cancelled when wanted, always the same ones") {
  std::string lines;
  for (int i = 0; i < 2000; ++i)
    lines += fmt::format("{},al,A,1,1\n", i);
  const auto cancelled = [&](cancellation_draw draw) {
    auto source = read_orders("test.csv", with_header(lines), draw);
    std::vector<std::string> result;
    for (const auto& order : all(**source))
      if (order.cancelled_by_customer)
        result.push_back(order.id);
    return result;
  };
  CHECK(cancelled({}).empty());
  CHECK(cancelled({1'000'000, 1}).size() == 2000);
  const auto tenth = cancelled({100'000, 1});
  CHECK(tenth.size() > 140);
  CHECK(tenth.size() < 260);
  CHECK(tenth == cancelled({100'000, 1}));
  CHECK(tenth != cancelled({100'000, 2}));
}

TEST_CASE("the sample files") {
  const auto csv = open_orders({.path = data_file("orders.csv")});
  const auto json = open_orders({.path = data_file("orders.jsonl")});
  REQUIRE(csv.has_value());
  REQUIRE(json.has_value());
  const auto orders = all(**csv);
  CHECK(orders.size() == 4);
  CHECK(orders == all(**json));
  CHECK(orders[3].customer == "Łukasz \"Luk\" Nowak");

  const auto retail = open_orders({.path = data_file("online_retail.csv")});
  REQUIRE(retail.has_value());
  CHECK((*retail)->total() == 60);
  CHECK((*retail)->rejected_count() == 4);
  CHECK((*retail)->rejected_orders() == 3);
  CHECK((*retail)->title() == "online_retail.csv");
  std::size_t cancelled = 0;
  for (const auto& order : all(**retail))
    cancelled += order.cancelled_by_customer ? 1 : 0;
  CHECK(cancelled == 4);
}

TEST_CASE("no bytes whatever make the readers fail otherwise than with a reason") {
  const std::string csv = with_header("1,\"al, \"\"x\"\"\",A,1,1.50\r\nC2,bo,B,-2,3\n");
  const std::string json =
      R"({"order":"1","customer":"al","lines":[{"sku":"A","quantity":2,"unit_price":1.5}],"cancelled":false})"
      "\n";
  constexpr std::string_view interesting = ",\"\n\r{}[]:0-.C\xef\xbb\xbf\xff \x01";
  split_mix random{42};
  for (int round = 0; round < 20'000; ++round) {
    std::string text = round % 2 == 0 ? csv : json;
    for (auto edits = 1 + random.below(6); edits > 0; --edits) {
      const auto at = random.below(static_cast<std::uint32_t>(text.size()));
      const char c = random.below(2) == 0 ? interesting[random.below(static_cast<std::uint32_t>(interesting.size()))]
                                          : static_cast<char>(random.below(256));
      switch (random.below(4)) {
      case 0:
        text[at] = c;
        break;
      case 1:
        text.insert(at, 1, c);
        break;
      case 2:
        text.erase(at, 1 + random.below(4));
        text += ' ';
        break;
      default:
        text.insert(at, text.substr(random.below(static_cast<std::uint32_t>(text.size())), random.below(40)));
      }
    }
    const auto source = read_orders("fuzz", text);
    if (!source) {
      CHECK_FALSE(source.error().what.empty());
      continue;
    }
    for (const auto& order : all(**source)) {
      CHECK_FALSE(order.id.empty());
      CHECK_FALSE(order.lines.empty());
      for (const auto& line : order.lines)
        CHECK(line.amount > 0);
    }
  }
}
