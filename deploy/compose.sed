# Changes nginx.conf for compose.yaml: the names of the containers, one certificate, the logs where Docker collects them,
# and no application behind `auth_request`.
s/server 127\.0\.0\.1:3020;.*/server app1:3020;\n        server app2:3020;/
s/\/etc\/ssl\/auth\.example\.com\./\/etc\/ssl\/auth_service./
s/\/var\/log\/nginx\/access\.log/\/dev\/stdout/
s/\/var\/log\/nginx\/error\.log/\/dev\/stderr/
/^    upstream application {/,/^    }/d
/^    # ---- An application that need not/,/^}/{
    /^}/!d
}
