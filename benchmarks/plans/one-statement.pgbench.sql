\set id random(1, 10000)
SELECT balance FROM accounts WHERE id = :id;
