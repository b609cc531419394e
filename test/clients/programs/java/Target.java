import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection of the official JDBC driver to what the environment names, and what is done with one. */
final class Target {
  static final String TARGET = System.getenv("ICECORE_TARGET");
  static long begun = System.nanoTime();

  static String target(String name) {
    Matcher match = Pattern.compile("\"" + name + "\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([0-9]+))").matcher(TARGET);
    if (!match.find()) return null;
    if (match.group(2) != null) return match.group(2);
    return match.group(1).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
  }

  static int count(String name) {
    return Integer.parseInt(target(name));
  }

  static Connection open(String secret) throws SQLException {
    Properties how = new Properties();
    how.put("account", target("account"));
    how.put("user", target("user"));
    how.put("db", "SHOP");
    how.put("schema", "SALES");
    how.put("warehouse", "COMPUTE_WH");
    how.put("ssl", target("protocol").equals("https") ? "on" : "off");
    how.put("loginTimeout", target("patience"));
    if (target("format") != null) how.put(target("formatParameter"), target("format"));
    switch (target("way")) {
      case "oauth" -> how.put("authenticator", "oauth");
      case "pat" -> how.put("authenticator", "PROGRAMMATIC_ACCESS_TOKEN");
      case "workload" -> {
        how.put("authenticator", "WORKLOAD_IDENTITY");
        how.put("workloadIdentityProvider", "OIDC");
      }
      default -> {}
    }
    how.put(target("way").equals("password") ? "password" : "token", secret);
    return DriverManager.getConnection("jdbc:snowflake://" + target("host") + ":" + target("port") + "/", how);
  }

  /** Says that it has begun, and waits until it may go on. */
  static void ready() throws IOException {
    System.err.println("started");
    System.in.read();
    begun = System.nanoTime();
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

  /** Each cell with its type, so that nothing is equal by chance. */
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

  /** The last cell of the first row. */
  static long number(List<List<Object>> rows) {
    List<Object> row = rows.get(0);
    return Long.parseLong(String.valueOf(row.get(row.size() - 1)));
  }
}
