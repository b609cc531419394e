// One scenario with the official JDBC driver: prints one JSON object, `result` or `error`.
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.snowflake.client.api.resultset.SnowflakeResultSet;
import net.snowflake.client.api.statement.SnowflakeStatement;
import net.snowflake.client.api.connection.SnowflakeConnection;

public class Scenario {
  static final String TARGET = System.getenv("ICECORE_TARGET");

  static String target(String name) {
    Matcher match = Pattern.compile("\"" + name + "\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([0-9]+))").matcher(TARGET);
    if (!match.find()) return null;
    if (match.group(2) != null) return match.group(2);
    return match.group(1).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
  }

  static Connection open(String token) throws SQLException {
    Properties how = new Properties();
    how.put("account", target("account"));
    how.put("user", target("user"));
    how.put("db", "SHOP");
    how.put("schema", "SALES");
    how.put("warehouse", "COMPUTE_WH");
    how.put("ssl", "off");
    how.put("loginTimeout", "20");
    if (token != null) {
      how.put("authenticator", "oauth");
      how.put("token", token);
    } else {
      how.put("password", target("password"));
    }
    return DriverManager.getConnection("jdbc:snowflake://" + target("host") + ":" + target("port") + "/", how);
  }

  static List<List<Object>> read(ResultSet rows) throws SQLException {
    List<List<Object>> found = new ArrayList<>();
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      List<Object> row = new ArrayList<>();
      for (int column = 1; column <= columns; column += 1) row.add(rows.getObject(column));
      found.add(row);
    }
    return found;
  }

  static List<List<Object>> fetch(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql) ? read(statement.getResultSet()) : List.of();
    }
  }

  static void all(Connection connection, String... texts) throws SQLException {
    for (String text : texts) fetch(connection, text);
  }

  static Object text(List<List<Object>> rows) {
    List<Object> shown = new ArrayList<>();
    for (List<Object> row : rows) {
      List<Object> cells = new ArrayList<>();
      for (Object cell : row) {
        if (cell == null) cells.add(null);
        else if (cell instanceof byte[] bytes) cells.add("byte[] " + java.util.HexFormat.of().formatHex(bytes));
        else cells.add(cell.getClass().getSimpleName() + " " + cell);
      }
      shown.add(cells);
    }
    return shown;
  }

  static long number(List<List<Object>> rows) {
    List<Object> row = rows.get(0);
    return Long.parseLong(String.valueOf(row.get(row.size() - 1)));
  }

  static Object run(String scenario) throws Exception {
    if (scenario.equals("refused_log_in")) {
      open("not.a.token").close();
      return null;
    }
    try (Connection connection = open(target("token"))) {
      switch (scenario) {
        case "log_in":
          return text(fetch(connection, "SELECT CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"));
        case "types":
          return text(fetch(connection, target("sql")));
        case "many_rows": {
          List<Object> found = new ArrayList<>();
          for (int count : new int[] {0, 1, 100_000}) {
            List<List<Object>> rows =
                fetch(connection, "SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 100000)) LIMIT " + count);
            long sum = 0;
            for (List<Object> row : rows) sum += Long.parseLong(String.valueOf(row.get(0)));
            found.add(List.of(rows.size(), sum));
          }
          return found;
        }
        case "binds":
          try (PreparedStatement statement = connection.prepareStatement("SELECT ?, ?, ?")) {
            statement.setInt(1, 7);
            statement.setString(2, "it's");
            statement.setString(3, null);
            return text(read(statement.executeQuery()));
          }
        case "array_binds":
          all(connection, "CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)");
          try (PreparedStatement statement = connection.prepareStatement("INSERT INTO ARRAY_BINDS VALUES (?, ?)")) {
            for (int n = 0; n < 5; n += 1) {
              statement.setInt(1, n);
              statement.setString(2, "t" + n);
              statement.addBatch();
            }
            statement.executeBatch();
          }
          return text(fetch(connection, "SELECT COUNT(*), SUM(N), MAX(T) FROM ARRAY_BINDS"));
        case "multi_statement":
          try (Statement statement = connection.createStatement()) {
            statement.unwrap(SnowflakeStatement.class).setParameter("MULTI_STATEMENT_COUNT", 3);
            List<Object> found = new ArrayList<>();
            boolean isRows = statement.execute("SELECT 1; SELECT 2; SELECT 3");
            while (isRows) {
              found.add(number(read(statement.getResultSet())));
              isRows = statement.getMoreResults();
            }
            return found;
          }
        case "transaction": {
          all(connection, "CREATE TEMPORARY TABLE IN_TRANSACTION (N INT)");
          connection.setAutoCommit(false);
          all(connection, "INSERT INTO IN_TRANSACTION VALUES (1), (2)");
          long within = number(fetch(connection, "SELECT COUNT(*) FROM IN_TRANSACTION"));
          connection.rollback();
          return List.of(within, number(fetch(connection, "SELECT COUNT(*) FROM IN_TRANSACTION")));
        }
        case "session_state":
          all(connection, "USE SCHEMA CRM", "SET MARK = 'kept'");
          return text(fetch(connection, "SELECT CURRENT_SCHEMA(), $MARK"));
        case "denial":
          return text(fetch(connection, "ALTER USER ICECORE SET PASSWORD = 'x'"));
        case "sql_error":
          return text(fetch(connection, "SELECT NO_SUCH_COLUMN FROM PRODUCTS"));
        case "put_refused":
          return text(fetch(connection, "PUT file:///etc/hostname @~"));
        case "asynchronous":
          try (Connection other = open(target("token")); Statement statement = connection.createStatement()) {
            ResultSet later =
                statement.unwrap(SnowflakeStatement.class).executeAsyncQuery("SELECT SYSTEM$WAIT(1), 7");
            String id = later.unwrap(SnowflakeResultSet.class).getQueryID();
            return number(read(other.unwrap(SnowflakeConnection.class).createResultSet(id)));
          }
        case "cancel":
          try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(2);
            return text(read(statement.executeQuery("SELECT SYSTEM$WAIT(60)")));
          }
        case "restart":
          System.err.println("started");
          return number(fetch(connection, "SELECT SYSTEM$WAIT(4), 7"));
        default:
          throw new IllegalArgumentException("no scenario " + scenario);
      }
    }
  }

  static String json(Object value) {
    if (value == null) return "null";
    if (value instanceof List<?> list) {
      List<String> parts = new ArrayList<>();
      for (Object each : list) parts.add(json(each));
      return "[" + String.join(",", parts) + "]";
    }
    if (value instanceof Number || value instanceof Boolean) return value.toString();
    StringBuilder quoted = new StringBuilder("\"");
    for (char each : value.toString().toCharArray()) {
      if (each == '"' || each == '\\') quoted.append('\\').append(each);
      else if (each < 0x20) quoted.append(String.format("\\u%04x", (int) each));
      else quoted.append(each);
    }
    return quoted.append('"').toString();
  }

  public static void main(String[] arguments) throws IOException {
    long begun = System.nanoTime();
    String answer;
    try {
      answer = "\"result\":" + json(run(arguments[0]));
    } catch (SQLException error) {
      String code = String.format("%06d", error.getErrorCode());
      answer =
          "\"error\":{\"code\":" + json(code) + ",\"sqlState\":" + json(error.getSQLState()) + ",\"message\":" + json(error.getMessage()) + "}";
    } catch (Exception error) {
      answer = "\"error\":{\"code\":\"\",\"sqlState\":null,\"message\":" + json(error.toString()) + "}";
    }
    System.out.println("{" + answer + ",\"seconds\":" + (System.nanoTime() - begun) / 1e9 + "}");
    System.exit(0);
  }
}
