"""The web portal: pages made on the server from the services' HTTP APIs. It decides no rule."""
