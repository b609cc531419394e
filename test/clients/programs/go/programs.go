package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync"
	"time"

	sf "github.com/snowflakedb/gosnowflake"
)

type program func(ctx context.Context, db *sql.DB) (any, error)

const manyRows = "SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) LIMIT %d"

var programs = map[string]program{
	"log_in": func(ctx context.Context, db *sql.DB) (any, error) {
		return text(fetch(ctx, db, "SELECT CURRENT_ROLE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"))
	},
	"statement": func(ctx context.Context, db *sql.DB) (any, error) {
		if err := ready(db); err != nil {
			return nil, err
		}
		return text(fetch(ctx, db, where.SQL))
	},
	"twice": func(ctx context.Context, db *sql.DB) (any, error) {
		if err := all(db, where.SQL); err != nil {
			return nil, err
		}
		time.Sleep(time.Duration(where.Pause) * time.Second)
		return text(fetch(ctx, db, where.SQL))
	},
	"rows": func(ctx context.Context, db *sql.DB) (any, error) {
		if err := ready(db); err != nil {
			return nil, err
		}
		return total(fetch(ctx, db, fmt.Sprintf(manyRows, where.Rows)))
	},
	"arrow":           arrow,
	"read_through":    readThrough,
	"describe":        describe,
	"binds":           binds,
	"array_binds":     arrayBinds,
	"multi_statement": multiStatement,
	"transaction":     transaction,
	"session_state": func(ctx context.Context, db *sql.DB) (any, error) {
		if err := all(db, "USE SCHEMA CRM", "SET MARK = 'kept'"); err != nil {
			return nil, err
		}
		return text(fetch(ctx, db, "SELECT CURRENT_SCHEMA(), $MARK"))
	},
	"insert": func(ctx context.Context, db *sql.DB) (any, error) {
		if err := all(db, "CREATE TEMPORARY TABLE ONCE (N INT)"); err != nil {
			return nil, err
		}
		if err := ready(db); err != nil {
			return nil, err
		}
		if err := all(db, "INSERT INTO ONCE VALUES (1)"); err != nil {
			return nil, err
		}
		return number(fetch(ctx, db, "SELECT COUNT(*) FROM ONCE"))
	},
	"asynchronous":   asynchronous,
	"status":         status,
	"cancel_timeout": cancelTimeout,
	"cancel_call":    cancelCall,
	"crowd":          crowd,
}

// arrow asks for the batches as they came.
func arrow(ctx context.Context, db *sql.DB) (any, error) {
	connection, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	found := 0
	err = connection.Raw(func(raw any) error {
		rows, err := raw.(driver.QueryerContext).QueryContext(sf.WithArrowBatches(ctx), fmt.Sprintf(manyRows, where.Rows), nil)
		if err != nil {
			return err
		}
		defer rows.Close()
		batches, err := rows.(sf.SnowflakeRows).GetArrowBatches()
		if err != nil {
			return err
		}
		for _, batch := range batches {
			records, err := batch.Fetch()
			if err != nil {
				return err
			}
			for _, record := range *records {
				found += int(record.NumRows())
				record.Release()
			}
		}
		return nil
	})
	return []int{found}, err
}

func describe(ctx context.Context, db *sql.DB) (any, error) {
	rows, err := db.QueryContext(sf.WithDescribeOnly(ctx), "SELECT 1 AS N, 'a' AS T")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

func binds(ctx context.Context, db *sql.DB) (any, error) {
	return text(fetch(ctx, db, "SELECT ?, ?, ?", 7, "it's", nil))
}

func arrayBinds(ctx context.Context, db *sql.DB) (any, error) {
	if err := all(db, "CREATE TEMPORARY TABLE ARRAY_BINDS (N INT, T TEXT)"); err != nil {
		return nil, err
	}
	numbers, texts := make([]int, where.Rows), make([]string, where.Rows)
	for n := range where.Rows {
		numbers[n], texts[n] = n, fmt.Sprint("t", n)
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO ARRAY_BINDS VALUES (?, ?)", sf.Array(&numbers), sf.Array(&texts)); err != nil {
		return nil, err
	}
	return text(fetch(ctx, db, "SELECT COUNT(*), SUM(N), MAX(T) FROM ARRAY_BINDS"))
}

func multiStatement(ctx context.Context, db *sql.DB) (any, error) {
	multi, err := sf.WithMultiStatement(ctx, 3)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(multi, "SELECT 1; SELECT 2; SELECT 3")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := []int{}
	for more := true; more; more = rows.NextResultSet() {
		for rows.Next() {
			var value int
			if err := rows.Scan(&value); err != nil {
				return nil, err
			}
			found = append(found, value)
		}
	}
	return found, rows.Err()
}

func transaction(ctx context.Context, db *sql.DB) (any, error) {
	if err := all(db, "CREATE TEMPORARY TABLE IN_TRANSACTION (N INT)", "BEGIN", "INSERT INTO IN_TRANSACTION VALUES (1), (2)"); err != nil {
		return nil, err
	}
	within, err := number(fetch(ctx, db, "SELECT COUNT(*) FROM IN_TRANSACTION"))
	if err != nil {
		return nil, err
	}
	if err := all(db, "ROLLBACK"); err != nil {
		return nil, err
	}
	after, err := number(fetch(ctx, db, "SELECT COUNT(*) FROM IN_TRANSACTION"))
	return []int{within, after}, err
}

// startAsynchronous begins a statement that nobody waits for, and gives its query id.
func startAsynchronous(ctx context.Context, db *sql.DB, text string) (string, error) {
	ids := make(chan string, 1)
	rows, err := db.QueryContext(sf.WithAsyncMode(sf.WithQueryIDChan(ctx, ids)), text)
	if err != nil {
		return "", err
	}
	id := <-ids
	return id, rows.Close()
}

func asynchronous(ctx context.Context, db *sql.DB) (any, error) {
	other := open(where.Other)
	defer other.Close()
	id, err := startAsynchronous(ctx, db, "SELECT SYSTEM$WAIT(1), 7")
	if err != nil {
		return nil, err
	}
	return number(fetch(sf.WithFetchResultByID(ctx, id), other, ""))
}

// status asks until the query is done: what the driver gives then has no error in it.
func status(ctx context.Context, db *sql.DB) (any, error) {
	id, err := startAsynchronous(ctx, db, "SELECT SYSTEM$WAIT(1), 7")
	if err != nil {
		return nil, err
	}
	connection, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	for {
		err = connection.Raw(func(raw any) error {
			_, err := raw.(sf.SnowflakeConnection).GetQueryStatus(ctx, id)
			return err
		})
		known, isKnown := err.(*sf.SnowflakeError)
		if !isKnown || known.Number != sf.ErrQueryIsRunning {
			return "SUCCESS", err
		}
		time.Sleep(300 * time.Millisecond)
	}
}

func cancelTimeout(ctx context.Context, db *sql.DB) (any, error) {
	limited, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	return text(fetch(limited, db, "SELECT SYSTEM$WAIT(60)"))
}

func cancelCall(ctx context.Context, db *sql.DB) (any, error) {
	stoppable, stop := context.WithCancel(ctx)
	time.AfterFunc(2*time.Second, stop)
	return text(fetch(stoppable, db, "SELECT SYSTEM$WAIT(60)"))
}

// crowd takes as many connections of one pool as there are workers, all at once.
func crowd(ctx context.Context, db *sql.DB) (any, error) {
	db.SetMaxOpenConns(where.Rows)
	db.SetMaxIdleConns(where.Rows)
	var (
		workers sync.WaitGroup
		lock    sync.Mutex
		failed  error
	)
	found, sum := 0, 0
	for index := range where.Rows {
		workers.Add(1)
		go func() {
			defer workers.Done()
			connection, err := db.Conn(ctx)
			for range where.Each {
				value := 0
				if err == nil {
					err = connection.QueryRowContext(ctx, fmt.Sprintf("SELECT %d", index)).Scan(&value)
				}
				lock.Lock()
				if err == nil {
					found, sum = found+1, sum+value
				} else {
					failed = err
				}
				lock.Unlock()
			}
			if connection != nil {
				connection.Close()
			}
		}()
	}
	workers.Wait()
	return []int{found, sum}, failed
}

// readThrough tells rows, and the seconds until the first and until the last, of what the target's SQL asks for.
func readThrough(ctx context.Context, db *sql.DB) (any, error) {
	if err := db.PingContext(ctx); err != nil {
		return nil, err
	}
	start := time.Now()
	rows, err := db.QueryContext(ctx, where.SQL)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	row, places := make([]any, len(columns)), make([]any, len(columns))
	for index := range row {
		places[index] = &row[index]
	}
	read, first := 0, 0.0
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		if read == 0 {
			first = time.Since(start).Seconds()
		}
		read++
	}
	return []any{read, first, time.Since(start).Seconds()}, rows.Err()
}
