// One scenario with the official JDBC driver: prints one JSON object, `result` or `error`.
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.snowflake.client.api.connection.SnowflakeConnection;
import net.snowflake.client.api.resultset.QueryStatus;
import net.snowflake.client.api.resultset.SnowflakeAsyncResultSet;
import net.snowflake.client.api.resultset.SnowflakeResultSet;
import net.snowflake.client.api.statement.SnowflakeStatement;

public class Scenario {
  static final String MANY_ROWS = "SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) LIMIT ";

  static Object run(String program) throws Exception {
    if (program.equals("crowd")) return crowd();
    try (Connection connection = Target.open(Target.target("secret"))) {
      return run(program, connection);
    }
  }

  static Object run(String program, Connection connection) throws Exception {
    switch (program) {
      case "log_in":
        return Target.text(
            Target.fetch(connection, "SELECT CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"));
      case "statement":
        Target.ready();
        return Target.text(Target.fetch(connection, Target.target("sql")));
      case "twice":
        Target.fetch(connection, Target.target("sql"));
        Thread.sleep(Target.count("pause") * 1000L);
        return Target.text(Target.fetch(connection, Target.target("sql")));
      case "rows":
        Target.ready();
        return total(Target.fetch(connection, MANY_ROWS + Target.target("rows")));
      case "read_through":
        return readThrough(connection);
      case "describe":
        return describe(connection);
      case "binds":
        return binds(connection);
      case "array_binds":
        return arrayBinds(connection);
      case "multi_statement":
        return multiStatement(connection);
      case "transaction":
        return transaction(connection);
      case "session_state":
        Target.all(connection, "USE SCHEMA CRM", "SET MARK = 'kept'");
        return Target.text(Target.fetch(connection, "SELECT CURRENT_SCHEMA(), $MARK"));
      case "insert":
        Target.all(connection, "CREATE TEMPORARY TABLE ONCE (N INT)");
        Target.ready();
        Target.all(connection, "INSERT INTO ONCE VALUES (1)");
        return Target.number(Target.fetch(connection, "SELECT COUNT(*) FROM ONCE"));
      case "asynchronous":
        return asynchronous(connection);
      case "status":
        return status(connection);
      case "cancel_timeout":
        try (Statement statement = connection.createStatement()) {
          statement.setQueryTimeout(2);
          return Target.text(Target.read(statement.executeQuery("SELECT SYSTEM$WAIT(60)")));
        }
      case "cancel_call":
        return cancelCall(connection);
      default:
        throw new IllegalArgumentException("no program " + program);
    }
  }

  static Object total(List<List<Object>> rows) {
    long sum = 0;
    for (List<Object> row : rows) sum += Long.parseLong(String.valueOf(row.get(0)));
    return List.of(rows.size(), sum);
  }

  /** Rows, and the seconds until the first and until the last, of what the target's SQL asks for. */
  static Object readThrough(Connection connection) throws SQLException {
    long start = System.nanoTime();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(Target.target("sql"))) {
      int columns = rows.getMetaData().getColumnCount();
      long read = 0;
      double first = 0;
      while (rows.next()) {
        for (int column = 1; column <= columns; column += 1) rows.getObject(column);
        if (read == 0) first = (System.nanoTime() - start) / 1e9;
        read += 1;
      }
      return List.of(read, first, (System.nanoTime() - start) / 1e9);
    }
  }

  static Object describe(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT 1 AS N, 'a' AS T")) {
      ResultSetMetaData columns = statement.getMetaData();
      List<Object> names = new ArrayList<>();
      for (int column = 1; column <= columns.getColumnCount(); column += 1) names.add(columns.getColumnName(column));
      return names;
    }
  }

  static Object binds(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ?, ?, ?")) {
      statement.setInt(1, 7);
      statement.setString(2, "it's");
      statement.setString(3, null);
      return Target.text(Target.read(statement.executeQuery()));
    }
  }

  static Object arrayBinds(Connection connection) throws SQLException {
    Target.all(connection, "CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)");
    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO ARRAY_BINDS VALUES (?, ?)")) {
      for (int n = 0; n < Target.count("rows"); n += 1) {
        statement.setInt(1, n);
        statement.setString(2, "t" + n);
        statement.addBatch();
      }
      statement.executeBatch();
    }
    return Target.text(Target.fetch(connection, "SELECT COUNT(*), SUM(N), MAX(T) FROM ARRAY_BINDS"));
  }

  static Object multiStatement(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.unwrap(SnowflakeStatement.class).setParameter("MULTI_STATEMENT_COUNT", 3);
      List<Object> found = new ArrayList<>();
      boolean isRows = statement.execute("SELECT 1; SELECT 2; SELECT 3");
      while (isRows) {
        found.add(Target.number(Target.read(statement.getResultSet())));
        isRows = statement.getMoreResults();
      }
      return found;
    }
  }

  static Object transaction(Connection connection) throws SQLException {
    Target.all(connection, "CREATE TEMPORARY TABLE IN_TRANSACTION (N INT)");
    connection.setAutoCommit(false);
    Target.all(connection, "INSERT INTO IN_TRANSACTION VALUES (1), (2)");
    long within = Target.number(Target.fetch(connection, "SELECT COUNT(*) FROM IN_TRANSACTION"));
    connection.rollback();
    return List.of(within, Target.number(Target.fetch(connection, "SELECT COUNT(*) FROM IN_TRANSACTION")));
  }

  static ResultSet startAsynchronous(Statement statement) throws SQLException {
    return statement.unwrap(SnowflakeStatement.class).executeAsyncQuery("SELECT SYSTEM$WAIT(1), 7");
  }

  static Object asynchronous(Connection connection) throws SQLException {
    try (Connection other = Target.open(Target.target("other"));
        Statement statement = connection.createStatement()) {
      String id = startAsynchronous(statement).unwrap(SnowflakeResultSet.class).getQueryID();
      return Target.number(Target.read(other.unwrap(SnowflakeConnection.class).createResultSet(id)));
    }
  }

  static Object status(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      SnowflakeAsyncResultSet later = startAsynchronous(statement).unwrap(SnowflakeAsyncResultSet.class);
      QueryStatus found = later.getStatus();
      while (found.isStillRunning()) {
        Thread.sleep(300);
        found = later.getStatus();
      }
      return found.getStatus().name();
    }
  }

  static Object cancelCall(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      TimerTask cancel =
          new TimerTask() {
            @Override
            public void run() {
              try {
                statement.cancel();
              } catch (SQLException error) {
                throw new IllegalStateException(error);
              }
            }
          };
      new Timer(true).schedule(cancel, 2000);
      return Target.text(Target.read(statement.executeQuery("SELECT SYSTEM$WAIT(60)")));
    }
  }

  static Object crowd() throws Exception {
    int size = Target.count("rows");
    ExecutorService threads = Executors.newFixedThreadPool(size);
    List<Callable<Long>> work = new ArrayList<>();
    for (int index = 0; index < size; index += 1) {
      String sql = "SELECT " + index;
      work.add(
          () -> {
            long sum = 0;
            try (Connection connection = Target.open(Target.target("secret"))) {
              for (int each = 0; each < Target.count("each"); each += 1) {
                sum += Target.number(Target.fetch(connection, sql));
              }
            }
            return sum;
          });
    }
    long sum = 0;
    for (Future<Long> done : threads.invokeAll(work)) sum += done.get();
    return List.of(size * Target.count("each"), sum);
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
    System.out.println("{" + answer + ",\"seconds\":" + (System.nanoTime() - Target.begun) / 1e9 + "}");
    System.exit(0);
  }
}
