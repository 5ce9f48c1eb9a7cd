from locust import FastHttpUser, constant, task


class Visitor(FastHttpUser):
    wait_time = constant(0)

    @task
    def item(self):
        with self.client.get("/item", catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure("the item is not there")
